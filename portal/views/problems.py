"""What a program is told when something is refused or fails: RFC 9457, with every field and every reason by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Response, g, json, make_response
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

from portal import wording
from portal.errors import (
    STATUS,
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    PortalError,
    Refusal,
    TooManyError,
)

CONTENT_TYPE = "application/problem+json"
RETRY = 15  # seconds until it is worth asking again what is away
KINDS: dict[int, tuple[str, object, object]] = {  # status → name, title, what to do
    400: ("bad-request", _l("Pedido mal formado"), _l("Revise que el cuerpo sea JSON válido.")),
    401: ("not-known", _l("Falta un token que valga"), _l("Envíe «Authorization: Bearer …» con un token vigente.")),
    403: ("forbidden", _l("Sin permiso"), _l("El rol de la persona o los alcances del token no lo permiten.")),
    404: ("not-found", _l("No existe"), _l("La dirección no existe o el registro no es de su ONG.")),
    405: ("method", _l("Método no admitido"), _l("Use uno de los métodos de la cabecera Allow.")),
    409: ("conflict", _l("Choca con el estado actual"), _l("Lea de nuevo el registro y revise los motivos.")),
    412: ("version-passed", _l("El registro cambió"), _l("Léalo otra vez y repita el cambio con su ETag nuevo.")),
    413: ("too-large", _l("Demasiado grande"), _l("Envíe menos datos en un pedido.")),
    415: ("media-type", _l("Tipo de contenido no admitido"), _l("Envíe el cuerpo como application/json.")),
    422: ("invalid", _l("Hay datos por corregir"), _l("Corrija los campos nombrados.")),
    428: ("version-missing", _l("Falta If-Match"), _l("Envíe en If-Match el ETag del registro que leyó.")),
    429: ("too-many", _l("Demasiados pedidos"), _l("Espere lo que dice Retry-After.")),
    500: ("failed", _l("Algo falló de nuestro lado"), _l("No se guardó nada. Repita; si sigue, dé la referencia.")),
    503: ("unavailable", _l("El sistema no responde por ahora"), _l("Espere lo que dice Retry-After y repita.")),
}
TAKEN = {"duplicate_dni", "same_child"}  # nothing is wrong with the value but that another row has it
PLACES = {"cursor": "query", "Idempotency-Key": "headers"}  # what is not in the body
Fault = dict[str, str]


def answer(status: int, errors: Sequence[Fault] = (), reasons: Sequence[Fault] = ()) -> Response:
    """A problem of a status; statuses without words of their own read as 400 or 500."""
    name, title, todo = KINDS.get(status) or KINDS[500 if status >= 500 else 400]
    body = {
        "type": f"urn:ayni:problem:{name}", "title": str(title), "status": status, "detail": str(todo),
        "reference": g.get("request_id", "-"), "errors": list(errors), "reasons": list(reasons),
    }
    response = make_response(json.dumps(body, ensure_ascii=False), status)
    response.headers["Content-Type"] = CONTENT_TYPE
    response.headers["Content-Language"] = get_locale().language
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="ayni"'
    if status == 503:
        response.headers["Retry-After"] = str(RETRY)
    return response


def of_refusal(error: PortalError) -> Response:
    """What a service, the policy or the guard refused."""
    if isinstance(error, InvalidInputError):
        wrong = [(name, code) for name, codes in error.fields.items() for code in codes]
        faults = [_fault(PLACES.get(name, "body"), name, code) for name, code in wrong]
        return answer(409 if str(error) in TAKEN else 422, faults)
    if isinstance(error, ConflictError):
        return answer(409, reasons=[_reason(one) for one in error.refusals])
    if isinstance(error, NotAllowedError):
        return answer(STATUS[error.kind], reasons=_of_others(error))
    response = answer(STATUS[error.kind])
    if isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def of_http(error: HTTPException) -> Response:
    """What Flask or the reading of the request refused."""
    said = getattr(error, "data", None) or {}
    faults = [
        _fault({"json": "body"}.get(place, place), pointer, text)
        for place, found in said.get("messages", {}).items() for pointer, text in _flat(found)
    ]
    return answer(error.code or 500, faults)


def _of_others(error: NotAllowedError) -> list[Fault]:
    """Why somebody else decides of this row."""
    text = wording.others_decide(error.permission) if error.of_row else ""
    return [{"code": str(error.permission), "what": "", "detail": text}] if text else []


def _reason(one: Refusal) -> Fault:
    """What is missing is named by its code too."""
    what = dict(one.values).get("what", "")
    return {"code": one.code, "what": str(what), "detail": wording.refusal(one)}


def _fault(place: str, pointer: str, text: object) -> Fault:
    return {"in": place, "pointer": f"/{pointer}" if pointer else "", "detail": wording.message(str(text))}


def _flat(found: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """(place within the body, text) of nested messages."""
    if isinstance(found, Mapping):
        for name, inner in found.items():
            yield from _flat(inner, at if name == "_schema" else (*at, str(name)))
        return
    for text in found if isinstance(found, list) else [found]:
        yield "/".join(at), str(text)
