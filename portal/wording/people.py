"""Words about people: roles, relations, work, language, money."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

WORDS: dict[str, dict[str, object]] = {
    "role": {
        "caseworker": _l("Gestión de casos"),
        "supervisor": _l("Supervisión"),
        "ngo_admin": _l("Administración de la ONG"),
        "data_scientist": _l("Ciencia de datos"),
        "operator": _l("Operación de la plataforma"),
        "system": _l("Sistema"),
    },
    "relation": {
        "mother": _l("Madre"), "father": _l("Padre"), "grandmother": _l("Abuela"), "grandfather": _l("Abuelo"),
        "aunt_uncle": _l("Tía o tío"), "sibling": _l("Hermana o hermano mayor"), "guardian": _l("Tutora o tutor"),
        "other": _l("Otra persona"),
    },
    "sex": {"f": _l("Mujer"), "m": _l("Hombre"), "x": _l("Otro")},
    "child_sex": {"f": _l("Niña"), "m": _l("Niño"), "x": _l("Otro")},
    "no_document": {
        "in_process": _l("DNI en trámite"), "foreign": _l("Extranjera o extranjero sin DNI"),
        "never_registered": _l("Sin partida de nacimiento"), "lost": _l("Perdido"), "other": _l("Otro motivo"),
    },
    "phone_owner": {
        "own": _l("Propio"), "relative": _l("De un familiar"), "neighbour": _l("De una vecina o vecino"),
        "work": _l("Del trabajo"),
    },
    "activity": {
        "employed": _l("Trabaja para otra persona o empresa"), "own_account": _l("Trabaja por su cuenta"),
        "domestic": _l("Trabajadora del hogar"), "unpaid_family": _l("Ayuda en un negocio familiar sin pago"),
        "seeking": _l("Busca trabajo"), "studying": _l("Estudia o se capacita"), "care": _l("Cuida del hogar"),
        "none": _l("Sin actividad por ahora"),
    },
    "language": {
        "es": _l("Castellano"), "quy": _l("Quechua chanka (Ayacucho)"), "quz": _l("Quechua collao (Cusco)"),
        "qwh": _l("Quechua de Áncash"), "qxn": _l("Quechua de Conchucos"), "qub": _l("Quechua de Huánuco"),
        "qvw": _l("Quechua wanka (Junín)"), "ay": _l("Aimara"), "cni": _l("Asháninka"), "shp": _l("Shipibo-konibo"),
        "agr": _l("Awajún"), "psl": _l("Lengua de señas peruana"),
    },
    "sisfoh": {
        "unknown": _l("No se sabe todavía"), "no_pobre": _l("No pobre"), "pobre": _l("Pobre"),
        "pobre_extremo": _l("Pobre extremo"),
    },
    "referral": {
        "self": _l("Vino por su cuenta"), "neighbour": _l("Una vecina o conocida"), "school": _l("Escuela o cuna"),
        "health": _l("Centro de salud"), "municipality": _l("Municipalidad, DEMUNA u OMAPED"),
        "cem": _l("Centro Emergencia Mujer"), "other": _l("Otra vía"),
    },
    "hand_over_reason": {
        "left": _l("Ya no trabaja en la ONG"), "illness": _l("Está con descanso médico"),
        "on_leave": _l("Está de vacaciones o licencia"), "workload": _l("Tiene demasiados casos"),
        "other": _l("Otro motivo"),
    },
    "priority": {"0": _l("Habitual"), "1": _l("Pronto"), "2": _l("Urgente")},
}
