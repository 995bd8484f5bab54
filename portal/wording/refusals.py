"""Why something is refused, and what is wrong with a value: said so that the reader knows what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.errors import Refusal
from portal.wording.codes import label
from portal.wording.facts import needed, offered, rule

PLAIN: dict[str, object] = {
    "saved_meanwhile": _l(
        "Aquí se guardaron cambios mientras usted escribía: otra persona, o usted en otra pestaña. Lo que escribió "
        "sigue en esta página: mire en otra pestaña lo que quedó guardado y, si corresponde, vuelva a guardar."
    ),
    "changed_meanwhile": _l(
        "El caso cambió desde que usted abrió esta página: aquí ya se ve como está ahora. Revíselo y, si corresponde, "
        "vuelva a intentar. Lo que escribió sigue en la página."
    ),
    "moved_on": _l("El registro ya cambió de estado: actualice la página y revise lo nuevo."),
    "refused": _l("No se puede hacer todavía."),
    "not_asked": _l("Esa pregunta ya no está abierta, o el caso cambió: mire de nuevo qué nombra y qué está marcado."),
    "last_caregiver": _l("Es la única persona que cuida: añada a otra antes de quitarla."),
    "few_decisions": _l("Todavía hay muy pocas familias con decisiones y consentimiento para aprender."),
    "nothing_promoted": _l("No hay a qué volver: ordena el modelo inicial."),
    "version_changed": _l("Los archivos de esa versión cambiaron o faltan: no se usa. Entrénela de nuevo."),
    "job_runs": _l("Ya hay un trabajo así en marcha: espere a que termine o cancélelo."),
    "job_once": _l("Ese trabajo no se puede pedir de nuevo desde aquí."),
    "job_over": _l("Ese trabajo ya había terminado, no hay nada que parar. Aquí se ve qué resultó."),
    "nobody_waits": _l("Ninguna familia está en espera: admita casos antes de hacer un plan."),
    "consent_withdrawn": _l("La familia ya no acepta el servicio o la comparación con cuidadores."),
    "not_on_list": _l("Ya no está entre las sugerencias de la familia: haga un plan nuevo."),
    "set_aside": _l("Alguien del equipo descartó esta sugerencia."),
    "other_tenant": _l("Esta página es de otra ONG. Ábrala de nuevo en la ONG donde está trabajando."),
    "not_checked": _l("Faltó una comprobación; vuelva a intentar."),
    "seat_not_held": _l("El cupo ya no está reservado. Proponga de nuevo si todavía hay sitio."),
    "seats_in_use": _l("Hay más cupos en uso que los que quiere dejar."),
    "placement_open": _l("Hay una colocación abierta: termínela o cancélela primero."),
    "proposal_open": _l("Hay una propuesta abierta: retírela o espere la decisión."),
    "start_not_reached": _l("Todavía no llega la fecha de inicio."),
    "agreement_missing": _l("Falta registrar la firma del acuerdo."),
    "sharing_missing": _l(
        "La familia no ha aceptado compartir lo necesario con el cuidador elegido: pregúntele y registre su respuesta "
        "en los consentimientos del caso antes de ofrecer."
    ),
    "sharing_withdrawn": _l(
        "La familia ya no acepta compartir lo necesario con el cuidador elegido: no le cuente nada más de ella. Hable "
        "con la familia. Si acepta otra vez, registre su respuesta en los consentimientos del caso; si no, retire la "
        "propuesta y pida al cuidador que no use ni cuente lo que supo."
    ),
    "sharing_lapsed": _l(
        "La familia ya no acepta compartir lo necesario con el cuidador elegido: no le cuente nada más de ella y no "
        "empiece todavía. Hable con la familia. Si acepta otra vez, registre su respuesta en los consentimientos del "
        "caso; si no, pida a supervisión que cancele la colocación y al cuidador que no use ni cuente lo que supo."
    ),
    "answer_missing": _l("Falta la respuesta de la familia o del cuidador."),
    "day_passed": _l("Solo se puede corregir el mismo día."),
    "reason_missing": _l("Elija un motivo de la lista."),
    "note_missing": _l("Escriba una nota que lo explique."),
    "reason_or_note_missing": _l("Elija el motivo y escriba la nota que se piden."),
    "choice_missing": _l("Elija una opción."),
    "date_missing": _l("Escriba una fecha válida."),
    "date_past": _l("La fecha ya pasó."),
    "date_future": _l("La fecha todavía no llega."),
    "date_before_law": _l("Es antes del 3 de julio de 2011, cuando se publicó la Ley 29733: revise el año."),
    "answers_missing": _l("No se marcó ninguna respuesta: no se guardó nada. Marque al menos una."),
    "end_before_start": _l("El fin no puede ser antes del inicio."),
    "end_too_far": _l("El último día puede ser a lo más dentro de 90 días: escriba uno más cercano."),
    "end_not_reached": _l("Todavía no llega el último día: confirme el fin desde ese día, o siga con el cuidado."),
    "no_end_planned": _l("Ya no hay un fin programado."),
    "start_unchanged": _l("Ya empieza ese día: elija otro."),
    "signed_too_early": _l("La firma es de más de 30 días antes de la propuesta: revise el día y el año."),
    "day_not_recordable": _l("Ese día no se puede registrar."),
    "last_admin": _l("Es la única persona que administra la ONG: nombre a otra antes."),
    "not_matchable": _l("El cuidador no está aprobado y vigente."),
    "checklist_empty": _l("La lista de verificación de la ONG está vacía."),
    "no_consent_services": _l("Falta el consentimiento para recibir el servicio."),
    "same_child": _l("Ya está en esta ficha, con el mismo nombre y la misma fecha de nacimiento."),
    "duplicate_dni": _l("Ya hay un registro con ese DNI en su ONG."),
    "file_type": _l("Solo se aceptan archivos PDF, JPEG o PNG."),
    "base64_format": _l("No es base64: codifique el archivo entero, sin nada delante."),
    "file_empty": _l("El archivo está vacío."),
    "file_missing": _l("Elija un archivo."),
    "old_excel": _l("Es un Excel antiguo (.xls): ábralo y guárdelo como .xlsx o CSV."),
    "not_text": _l("No es CSV ni XLSX: guárdelo de nuevo como CSV UTF-8 o como libro de Excel (.xlsx)."),
    "not_workbook": _l("El libro de Excel no se puede leer: ábralo y guárdelo de nuevo como .xlsx, sin contraseña."),
    "workbook_large": _l("El libro de Excel ocupa demasiado al abrirlo: deje solo la hoja con los datos."),
    "file_too_large": _l("El archivo supera el tamaño permitido."),
    "document_expired_already": _l("Con esa fecha ya estaría vencido: pida uno nuevo."),
    "district_unknown": _l("Elija un distrito de la lista."),
    "schedule_unreadable": _l("No se entiende el horario. Ejemplo: lun-vie 07:00-18:00."),
    "dni_format": _l("El DNI tiene 8 cifras."),
    "phone_format": _l("El teléfono tiene de 6 a 9 cifras."),
    "days_wrong": _l("Escriba días separados por comas, por ejemplo: 60, 30, 7."),
    "text_missing": _l("Escriba este dato."),
    "too_long": _l("Es demasiado largo: acórtelo."),
    "choice_unknown": _l("No es una de las opciones."),
    "latitude_outside": _l("La latitud del Perú va de -19 a 1."),
    "longitude_outside": _l("La longitud del Perú va de -82 a -68."),
    "fee_outside": _l("El pago va de 0 a 9999 soles al mes."),
    "distance_outside": _l("La distancia va de 0,1 a 200 km."),
    "seats_outside": _l("Los cupos van de 0 a 99."),
    "birth_future": _l("La fecha de nacimiento todavía no llega."),
    "start_before_birth": _l("Es antes de la fecha de nacimiento: corrija una de las dos."),
    "birth_too_old": _l("Tendrá 6 años o más al empezar: la red atiende hasta los 5."),
    "password_wrong": _l("Ya tiene una cuenta con este correo: escriba su contraseña de siempre."),
    "import_has_faults": _l("Hay filas con errores: corríjalas, o importe solo las buenas."),
    "import_moved_on": _l("Algo cambió desde que vio la lista: revísela de nuevo antes de importar."),
    "same_worker": _l("Esa persona ya lleva estos casos: elija a otra."),
    "cases_missing": _l("No se marcó ningún caso: no se entregó nada. Marque al menos uno."),
    "cannot_answer": _l("Esa persona no puede llevar casos: elija a una trabajadora de casos o a una supervisora."),
    "works_here": _l("Esa persona ya está en el equipo: para cambiar qué hace, búsquela en la lista."),
    "worker_missing": _l("Elija a la trabajadora de casos que llevará las familias."),
    "address_unreadable": _l("Escriba una dirección completa, como https://sistema.ejemplo.pe/avisos."),
    "address_not_https": _l("La dirección debe empezar con https://."),
    "address_port": _l("Solo se permite el puerto 443."),
    "address_private": _l("Esa dirección es de una red interna: hace falta una pública."),
    "webhooks_too_many": _l("Ya hay 10 avisos: elimine uno antes de añadir otro."),
    "token_invalid": _l("El enlace no vale o ya fue usado. Pida uno nuevo."),
}

PLAIN |= {  # why somebody else decides, by the permission that is refused of a row though not of others
    "intake.decide": _l("Quien registró o envió un caso no lo admite, aunque hoy lo lleve otra persona: decide otra "
                        "persona de supervisión. Si no la hay, quien administra su ONG puede dar ese rol a alguien."),
    "provider.decide": _l(
        "Usted empezó la verificación de este cuidador: decide otra persona de supervisión. Si no la hay, quien "
        "administra su ONG puede dar ese rol a alguien."
    ),
    "provider.approve": _l(
        "Usted verificó requisitos obligatorios de este cuidador: lo aprueba otra persona de supervisión. Si no la "
        "hay, pida a otra persona del equipo, por ejemplo una trabajadora de casos, que los verifique de nuevo: "
        "después puede decidir usted."
    ),
    "proposal.decide": _l("Quien hizo una propuesta no la decide, aunque otra persona la haya propuesto de nuevo: "
                          "decide otra persona de supervisión, o quien la reemplace."),
}

PLAIN |= {  # what only programs can do wrong
    "maybe_known": _l("Ya hay una familia con ese teléfono: revise si es la misma, o envíe confirmed: true."),
    "why_missing": _l("Escriba para qué necesita ver el dato."),
    "key_used": _l("Esa Idempotency-Key ya se usó para otro pedido."),
    "key_length": _l("La Idempotency-Key tiene de 1 a 200 caracteres."),
    "cursor_unknown": _l("El cursor no es de esta lista o la lista se rehízo: empiece de nuevo."),
    "Missing data for required field.": _l("Falta este dato."),
    "Unknown field.": _l("Este campo no existe."),
    "Field may not be null.": _l("No puede ser nulo."),
    "Invalid JSON body.": _l("El cuerpo no es JSON válido."),
    "Not a valid string.": _l("Debe ser un texto."),
    "Not a valid utf-8 string.": _l("El texto no es UTF-8 válido."),
    "Not a valid integer.": _l("Debe ser un número entero."),
    "Not a valid number.": _l("Debe ser un número."),
    "Not a valid boolean.": _l("Debe ser true o false."),
    "Not a valid date.": _l("Debe ser una fecha como 2026-11-24."),
    "Not a valid UUID.": _l("Debe ser un identificador UUID."),
    "Not a valid list.": _l("Debe ser una lista."),
    "Invalid input type.": _l("Debe ser un objeto JSON."),
    "Invalid type.": _l("Debe ser un objeto JSON."),
    "Invalid value.": _l("El valor no es válido."),
    "Number too large.": _l("El número es demasiado grande."),
    "Special numeric values (nan or infinity) are not permitted.": _l("Debe ser un número."),
    "String does not match expected pattern.": _l("El texto no tiene la forma esperada."),
}

MEASURED: dict[str, object] = {  # the same, of a limit or a list that stands in the text
    "Must be one of: {choices}.": _l("Debe ser uno de: %(choices)s."),
    "Shorter than minimum length {min}.": _l("Demasiado corto: el mínimo es %(min)s."),
    "Longer than maximum length {max}.": _l("Demasiado largo: el máximo es %(max)s."),
    "Length must be between {min} and {max}.": _l("El largo va de %(min)s a %(max)s."),
    "Must be greater than or equal to {min}.": _l("Debe ser %(min)s o más."),
    "Must be less than or equal to {max}.": _l("Debe ser %(max)s o menos."),
    "Must be greater than or equal to {min} and less than or equal to {max}.": _l("Debe ir de %(min)s a %(max)s."),
}
VALUES = {r"\{choices\}": "(?P<choices>.+)", r"\{min\}": r"(?P<min>\S+)", r"\{max\}": r"(?P<max>\S+)"}


def _pattern(text: str) -> re.Pattern[str]:
    """What finds the values in such a text."""
    found = re.escape(text)
    for place, group in VALUES.items():
        found = found.replace(place, group)
    return re.compile(found)


_MEASURED = {_pattern(text): words for text, words in MEASURED.items()}

MISSING: dict[str, object] = {
    "caregiver": _l("Nombre y apellidos de la persona que cuida"),
    "district": _l("Distrito donde vive la familia"),
    "phone": _l("Un teléfono de contacto"),
    "children": _l("Al menos una niña o un niño"),
    "child_birth": _l("Fecha de nacimiento de cada niña o niño"),
    "child_schedule": _l("Horario que necesita cada niña o niño"),
    "child_start": _l("Desde cuándo necesita cuidado cada niña o niño"),
    "fee": _l("Cuánto puede pagar al mes (puede ser cero)"),
    "distance": _l("Hasta qué distancia puede ir"),
    "story": _l("La historia de la familia"),
    "consent_services": _l("El consentimiento para recibir el servicio"),
    "duplicates": _l("Decir si es otra familia que las que se le parecen"),
    "consent_matching": _l("La respuesta sobre comparar su historia con los cuidadores"),
}


OF_CHILDREN: dict[str, object] = {  # the same, of children with these names
    "child_schedule": _l("Horario que necesita: %(names)s"),
    "child_start": _l("Desde cuándo necesita cuidado: %(names)s"),
}


def message(code: str) -> str:
    """The words of a field's or a form's error code; text that is no code is shown as it is."""
    return str(PLAIN[code]) if code in PLAIN else _measured(code)


def _measured(text: str) -> str:
    found = ((words, pattern.fullmatch(text)) for pattern, words in _MEASURED.items())
    return next((str(words) % match.groupdict() for words, match in found if match), text)


def others_decide(permission: str) -> str:
    """Why it is not for this person to decide of this row; "" where nothing more than a permission is missing."""
    return str(PLAIN.get(permission, ""))


def missing(code: str, names: object = "") -> str:
    """What an intake still lacks; `names`: of which children."""
    if names and code in OF_CHILDREN:
        return str(OF_CHILDREN[code]) % {"names": names}
    if code.startswith("need:"):
        need = label("need", code.removeprefix("need:"))
        return _("Decir si hay que marcar «%(need)s»: un texto del caso lo nombra. Si es así, márquelo en la ficha de "
                 "la niña o el niño; si no, responda «No» en la página del caso", need=need)
    return str(MISSING.get(code, code))


def refusal(one: Refusal) -> str:
    """One reason why a move was refused."""
    values = dict(one.values)
    if one.code == "rule":
        return _("%(rule)s: se necesita %(needed)s; hay %(offered)s.", rule=rule(str(values["rule"])),
                 needed=needed(values), offered=offered(values, values.get("from_centre") is True))
    if one.code == "missing":
        return _("Falta: %(what)s.", what=missing(str(values["what"]), values.get("names", "")))
    return _with_values(one.code, values)


WITH_VALUES: dict[str, Callable[[Mapping[str, object]], str]] = {
    "no_free_seat": lambda values: _("No queda cupo libre para %(band)s.", band=label("band", values.get("band"))),
    "checklist": lambda values: _(
        "%(item)s: %(state)s.", item=values.get("item"), state=label("vetting_state", values.get("state"))
    ),
    "child_has_open_proposal": lambda values: _(
        "%(child)s ya tiene una propuesta abierta o una colocación.", child=values.get("child")
    ),
    "family_not_waiting": lambda values: _(
        "La familia no está en espera (%(status)s).", status=label("family_status", values.get("status"))
    ),
}


def _with_values(code: str, values: Mapping[str, object]) -> str:
    return WITH_VALUES[code](values) if code in WITH_VALUES else message(code)
