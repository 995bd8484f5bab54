"""What a reader sees when something is refused or fails: what happened, what to do, and a reference number."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from portal import database, wording
from portal.errors import STATUS, ConflictError, NotAllowedError, OnlyReadsError, PortalError
from portal.views import guard, problems
from portal.views.access import is_for_programs
from portal.views.links import own_page
from portal.watching import logs

log = logs.get(__name__)


@dataclass(frozen=True)
class Page:
    """The words of one kind of error."""

    title: object
    text: object
    todo: object


PAGES = {
    400: Page(_l("No entendimos el pedido"), _l("Faltan datos o la página estuvo abierta demasiado tiempo."),
              _l("Regrese a la página anterior, actualícela y vuelva a intentar. Lo que escribió sigue ahí.")),
    401: Page(_l("Ingrese de nuevo"), _l("Su sesión terminó."),
              _l("Ingrese otra vez. Lo que escribió sigue guardado en este dispositivo.")),
    403: Page(_l("No tiene permiso"), _l("Su rol en la ONG no permite ver o hacer esto. El intento quedó registrado."),
              _l("Si lo necesita para su trabajo, pídaselo a quien administra su ONG.")),
    404: Page(_l("No encontramos esa página"), _l("La dirección no existe o el registro no es de su ONG."),
              _l("Búsquelo por nombre, DNI o teléfono, o vuelva a Mi día.")),
    405: Page(_l("No se puede abrir así"), _l("Esta dirección no se abre de esa manera."), _l("Vuelva a Mi día.")),
    409: Page(_l("El caso cambió mientras tanto"),
              _l("Otra persona lo modificó o ya no está en el estado que usted vio."),
              _l("Regrese, actualice la página y revise lo nuevo. No se guardó nada de este intento.")),
    413: Page(_l("El archivo es muy grande"), _l("Supera el tamaño permitido."),
              _l("Envíe un archivo de hasta 10 MB; una foto con menos resolución suele bastar.")),
    422: Page(_l("Hay datos por corregir"), _l("Algún dato no es válido."),
              _l("Regrese y revise los campos marcados.")),
    429: Page(_l("Demasiados intentos"), _l("Por seguridad esperamos un momento antes de aceptar otro intento."),
              _l("Espere unos minutos y vuelva a intentar.")),
    500: Page(_l("Algo falló de nuestro lado"), _l("No se guardó nada a medias."),
              _l("Vuelva a intentar. Si se repite, dé el número de referencia a quien administra el sistema.")),
    503: Page(_l("El sistema no responde por ahora"),
              _l("Una parte del sistema está detenida. No se guardó nada a medias."),
              _l("Espere un momento y vuelva a intentar; lo que escribió sigue en este dispositivo.")),
}

ONLY_READS = {  # is a page asked for, by somebody known? → the words where the database writes nothing for now
    True: Page(_l("Por ahora no se puede abrir"),
               _l("Cada lectura de un expediente queda en la bitácora, y por el momento nada se puede anotar."),
               _l("Mi día y las listas sí se ven. Espere un momento y vuelva a intentar.")),
    False: Page(_l("Por ahora no se puede guardar"),
                _l("El sistema solo puede leer por el momento. No se guardó nada de este intento."),
                _l("Espere un momento y vuelva a intentar; lo que escribió sigue en este dispositivo.")),
}


def init_app(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(PortalError, _portal_error)
    app.register_error_handler(SecurityError, _forged_host)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(StaleDataError, _moved_on)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def _portal_error(error: PortalError) -> Response:
    reasons: list[str] = []
    if isinstance(error, NotAllowedError):
        guard.refused(error)
    if is_for_programs():
        return problems.of_refusal(error)
    if isinstance(error, OnlyReadsError):
        return page(503, words=_only_reads())
    if isinstance(error, ConflictError):
        reasons = [wording.refusal(one) for one in error.refusals]
    if isinstance(error, NotAllowedError) and error.of_row:
        reasons = list(filter(None, [wording.others_decide(error.permission)]))
    return page(STATUS[error.kind], reasons)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:  # a redirect or an answer made elsewhere
        return make_response(error.response)
    original = getattr(error, "original_exception", None)
    if database.is_away(original):
        return page(503, words=_only_reads() if database.is_read_only(original) else None)
    answer = problems.of_http(error) if is_for_programs() else page(error.code or 500)
    if error.code == 405:
        answer.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
    return answer


def _forged_host(_error: SecurityError) -> Response:
    """An address under which the portal does not go: no page, since a page's links would need one."""
    text = _("Este portal no atiende bajo ese nombre. Revise la dirección.")
    return make_response(f"{text} ({g.get('request_id', '-')})", 400, {"Content-Type": "text/plain; charset=utf-8"})


def _moved_on(_error: StaleDataError) -> Response:
    return page(409)


def _database_error(error: SQLAlchemyError) -> Response:
    if isinstance(error, IntegrityError):
        return page(409)
    if database.is_away(error):
        return _logged(error, 503, _only_reads() if database.is_read_only(error) else None)
    if isinstance(error, StatementError) and (isinstance(error, DataError) or not isinstance(error, DBAPIError)):
        return page(400)  # a value the database cannot hold
    return _logged(error, 500)


def _unexpected(error: Exception) -> Response:
    return _logged(error, 500)


def _only_reads() -> Page:
    return ONLY_READS[request.method in guard.READS and g.get("actor") is not None]


def _logged(error: Exception, status: int, words: Page | None = None) -> Response:
    log.error("failure", status=status, exc_info=error)
    if current_app.config["SETTINGS"].extra.get("RAISE"):
        raise error
    return page(status, words=words)


def page(status: int, reasons: list[str] | None = None, words: Page | None = None) -> Response:
    """The page of a status; statuses without words of their own read as 400 or 500. Programs are told in their way."""
    if is_for_programs():
        return problems.answer(status)
    words = words or PAGES.get(status) or PAGES[500 if status >= 500 else 400]
    body = render_template(
        "errors/page.html", status=status, title=words.title, text=words.text, todo=words.todo,
        reference=g.get("request_id", "-"), reasons=reasons or [], back=_page_before(),
        again=request.full_path.removesuffix("?") if status == 503 and request.method == "GET" else "",
    )
    return make_response(body, status, {"Retry-After": str(problems.RETRY)} if status == 503 else {})


def _page_before() -> str:
    """The page a form was sent from, to go back to; "" where there is none."""
    before = urlsplit(request.referrer or "")
    if request.method != "POST" or before.netloc != request.host:
        return ""
    page = own_page(before.path)
    return "" if page == url_for("admin.index") else page
