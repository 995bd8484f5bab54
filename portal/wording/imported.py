"""What is wrong with a file that is imported, and what to do: cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.wording import refusals

Values = Mapping[str, object]
PLAIN: dict[str, object] = {
    "text_missing": _l("está vacío: escriba el dato."),
    "not_csv": _l("Las comillas no cierran bien en esta fila: guarde el archivo de nuevo desde su hoja de cálculo."),
    "rows_none": _l("El archivo no tiene filas debajo de los títulos."),
    "signs_unreadable": _l("hay signos que no se pueden leer: guarde el archivo como CSV UTF-8."),
    "name_incomplete": _l("escriba nombre y apellido; mejor con coma: Quispe Huamán, Rosa María."),
    "phone_digits": _l("el teléfono lleva solo cifras."),
    "ubigeo_format": _l("escriba el código UBIGEO de 6 cifras, por ejemplo 150132, o distrito, provincia y "
                        "departamento: San Juan de Lurigancho, Lima, Lima."),
    "district_unknown": _l("no hay distrito con ese código UBIGEO: búsquelo en la lista del INEI."),
    "dni_format": _l("el DNI tiene 8 cifras. Si empieza en cero, dé a la columna formato de texto."),
    "number_format": _l("no es un número: escríbalo sin separar miles, por ejemplo 150 o 2,5."),
    "number_whole": _l("escriba un número entero."),
    "day_format": _l("no es una fecha: escriba 2026-11-23 o 23/11/2026."),
    "yes_no": _l("escriba sí o no."),
    "schedule_unreadable": _l("no se entiende el horario. Ejemplo: lun-vie 07:00-18:00; sáb 08:00-13:00."),
    "half_a_place": _l("falta esta coordenada: escriba las dos o ninguna."),
    "duplicate_dni": _l("ya hay otro caso con ese DNI en su ONG: quite la fila o corrija el DNI."),
    "same_child": _l("ya está en ese caso, con el mismo nombre y la misma fecha de nacimiento: quite la fila o corrija "
                     "el dato."),
    "example_row": _l("es la fila de ejemplo de la plantilla: no se toma."),
    "read_as_windows": _l("El archivo no está en UTF-8 y se leyó como Windows (Latin-1): revise tildes y eñes."),
}
WITH_VALUES: dict[str, Callable[[Values], str]] = {
    "file_large": lambda values: _("El archivo pasa de %(mb)s MB: pártalo en varios.", mb=values["megabytes"]),
    "rows_many": lambda values: _("El archivo pasa de %(rows)s filas: pártalo en varios.", rows=values["rows"]),
    "columns_many": lambda values: _("El archivo pasa de %(n)s columnas.", n=values["columns"]),
    "header_unknown": lambda values: _(
        "La primera fila no tiene los títulos de este archivo. Use la plantilla; los títulos son: %(columns)s.",
        columns=values["columns"],
    ),
    "column_twice": lambda values: _("El título %(column)s está dos veces: deje uno.", column=values["column"]),
    "columns_unknown": lambda values: _("Estas columnas no se conocen y no se toman: %(names)s.",
                                        names=values["columns"]),
    "cells_many": lambda values: _(
        "La fila tiene %(cells)s celdas y los títulos son %(columns)s: revise comillas y separadores.",
        cells=values["cells"], columns=values["columns"],
    ),
    "not_one_of": lambda values: _("no es de los valores que se conocen: %(allowed)s.", allowed=values["allowed"]),
    "language_format": lambda values: _("separe las lenguas con punto y coma; se conocen: %(allowed)s.",
                                        allowed=values["allowed"]),
    "ref_twice": lambda values: _("esa clave ya está en la línea %(line)s.", line=values["line"]),
    "unlike_sibling": lambda values: _("no dice lo mismo que la línea %(line)s de la misma familia.",
                                       line=values["line"]),
    "dni_twice": lambda values: _("la familia de la línea %(line)s tiene el mismo DNI.", line=values["line"]),
    "child_twice": lambda values: _(
        "tiene el mismo nombre y la misma fecha de nacimiento que la línea %(line)s: quite la fila o corrija el dato.",
        line=values["line"],
    ),
    "phone_known": lambda values: _("el caso %(code)s tiene el mismo teléfono: revise que no sea la misma familia.",
                                    code=values["code"]),
    "family_moved_on": lambda values: _(
        "ya es el caso %(code)s y fue enviado: no se toca. Cámbielo en su ficha.", code=values["code"]
    ),
    "provider_moved_on": lambda values: _(
        "ya es %(code)s y su verificación empezó: no se toca. Cámbielo en su ficha.", code=values["code"]
    ),
    "vetting_ignored": lambda values: ngettext(
        "%(num)d fila trae un estado de verificación: no se toma. Cada cuidador entra como postulante y se verifica "
        "en el portal.",
        "%(num)d filas traen un estado de verificación: no se toma. Cada cuidador entra como postulante y se verifica "
        "en el portal.", int(str(values["count"])),
    ),
}
TITLES: dict[str, object] = {  # of the columns that are no single field of a form; the others are called as there
    "family_ref": _l("Clave de la familia"), "child_ref": _l("Clave de la niña o el niño"),
    "caregiver_name": _l("Nombre de quien cuida"), "child_name": _l("Nombre de la niña o el niño"),
    "consent_date": _l("Día en que respondió"), "consent_text_version": _l("Versión del texto que se le leyó"),
    "provider_ref": _l("Clave del cuidador"), "vetting_status": _l("Estado de verificación"),
    "vetting_valid_until": _l("Verificado hasta"),
}
COLUMNS: dict[str, object] = {  # what is written in each, beside the words it may hold, for who fills in a template
    "family_ref": _l("Su propia clave de la familia. Las filas con la misma clave son una sola familia. Obligatorio."),
    "child_ref": _l("Su propia clave de la niña o el niño. Obligatorio."),
    "caregiver_name": _l("Quien cuida: apellidos, coma, nombres. Obligatorio."),
    "caregiver_dni": _l("8 cifras, con formato de texto, o vacío."),
    "phone": _l("Solo cifras."),
    "language": _l("Varias con punto y coma, primero la preferida."),
    "languages": _l("Varias con punto y coma."),
    "ubigeo": _l("Código INEI del distrito, 6 cifras, o distrito, provincia y departamento con comas. Obligatorio."),
    "latitude": _l("Grados WGS84; vacío si no se sabe."), "longitude": _l("Grados WGS84; vacío si no se sabe."),
    "max_distance_km": _l("Hasta cuántos km en línea recta puede ir."),
    "max_monthly_fee_pen": _l("Cuánto puede pagar al mes por cada niña o niño, en soles."),
    "sisfoh": _l("Uno de los valores, o vacío."),
    "siblings": _l("Uno de los valores, o vacío."),
    "story": _l("La historia de la familia, en castellano. Hasta 10 000 letras."),
    "consent_services": _l("¿Acepta recibir el servicio y que se guarden sus datos? Vacío si no se preguntó."),
    "consent_matching": _l("¿Acepta que el sistema compare su historia? Vacío si no se preguntó."),
    "consent_training": _l("¿Acepta que el sistema aprenda de su caso? Vacío si no se preguntó."),
    "consent_sharing": _l("¿Acepta que se comparta lo necesario con el cuidador elegido? Sin un sí no se le puede "
                          "ofrecer un lugar. Vacío si no se preguntó."),
    "consent_date": _l("Qué día respondió; vacío es el día en que se importa."),
    "consent_text_version": _l("Versión del texto que se le leyó; vacío si no se sabe."),
    "child_name": _l("Nombres; con apellidos: apellidos, coma, nombres. Obligatorio."),
    "child_sex": _l("Uno de los valores, o vacío."),
    "child_birth_date": _l("Fecha de nacimiento, como 2024-05-20. Obligatorio."),
    "start_date": _l("Desde cuándo necesita cuidado."),
    "child_special_needs": _l("Varias con punto y coma."),
    "schedule": _l("Por ejemplo lun-vie 07:00-18:00; sáb 08:00-13:00."),
    "provider_ref": _l("Su propia clave del cuidador. Obligatorio."),
    "name": _l("Nombre del cuidador o del local. Obligatorio."),
    "kind": _l("Uno de los valores. Obligatorio."),
    "monthly_fee_pen": _l("Cuánto cobra al mes, en soles; 0 si no cobra."),
    "accepts_subsidy": _l("¿Acepta el subsidio de la ONG?"),
    "special_needs": _l("Qué necesidades puede atender. Varias con punto y coma."),
    "seats_0_11m": _l("Cupos de 0 a 11 meses."), "seats_12_23m": _l("Cupos de 1 año."),
    "seats_24_35m": _l("Cupos de 2 años."), "seats_36_71m": _l("Cupos de 3 a 5 años."),
    "vetting_status": _l("No se toma: cada cuidador entra como postulante y se verifica en el portal."),
    "vetting_valid_until": _l("No se toma."),
    "profile": _l("Con sus palabras, en castellano, cómo cuida. Hasta 10 000 letras."),
}


def problem(code: str, values: Values) -> str:
    """What is wrong with a cell, or worth a look, and what to do."""
    if code in WITH_VALUES:
        return WITH_VALUES[code](values)
    return str(PLAIN[code]) if code in PLAIN else refusals.message(code)


def column(name: str) -> str:
    """What a column is."""
    return str(COLUMNS[name])


def title(name: str) -> object:
    """What a column is called that is no single field of a form, worded when it is read."""
    return TITLES[name]


def told(kind: str, counts: Mapping[str, int]) -> str:
    """What an import does or did, in one line: `Familias: 12 nuevas, 3 cambiadas, 1 sin cambios, 2 filas fuera`."""
    made, changed, alone, bad = (counts.get(name, 0) for name in ("made", "changed", "alone", "bad"))
    if kind == "families":
        return _("Familias: %(made)s nuevas, %(changed)s cambiadas, %(alone)s sin tocar; filas con errores: %(bad)s",
                 made=made, changed=changed, alone=alone, bad=bad)
    return _("Cuidadores: %(made)s nuevos, %(changed)s cambiados, %(alone)s sin tocar; filas con errores: %(bad)s",
             made=made, changed=changed, alone=alone, bad=bad)
