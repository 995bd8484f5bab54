"""Words about care: needs, ages, places, consents, vetting, follow-up."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

WORDS: dict[str, dict[str, object]] = {
    "need": {
        "physical": _l("Discapacidad física"), "sensory_visual": _l("Discapacidad visual"),
        "sensory_hearing": _l("Discapacidad auditiva"), "intellectual": _l("Discapacidad intelectual"),
        "autism": _l("Autismo"), "medical_device": _l("Dispositivo médico (sonda, oxígeno)"),
        "allergy": _l("Alergia"), "asthma": _l("Asma"), "epilepsy": _l("Epilepsia"), "diet": _l("Dieta especial"),
    },
    "siblings": {"together": _l("Juntos en el mismo lugar"), "may_split": _l("Pueden ir a lugares distintos")},
    "care_reason": {
        "working": _l("Trabaja"), "seeking": _l("Busca trabajo"), "training": _l("Estudia o se capacita"),
        "respite": _l("Descanso de quien cuida"), "special_need": _l("Necesidad especial de la niña o el niño"),
        "protection": _l("Derivación por protección"),
    },
    "current_care": {
        "none": _l("Nadie fijo"), "relative": _l("Un familiar"), "neighbour": _l("Una vecina"),
        "sibling": _l("Una hermana o hermano menor de edad"), "workplace": _l("Va con quien trabaja"),
        "other": _l("Otro"),
    },
    "band": {
        "0_11m": _l("0 a 11 meses"), "12_23m": _l("1 año"), "24_35m": _l("2 años"), "36_71m": _l("3 a 5 años"),
    },
    "kind": {
        "home": _l("Hogar de una vecina"), "group_home": _l("Hogar grupal"), "centre": _l("Centro o cuna"),
        "community": _l("Local comunal"),
    },
    "purpose": {
        "services": _l("Recibir el servicio y guardar sus datos"),
        "matching": _l("Que el sistema compare su historia con los cuidadores"),
        "training": _l("Que el sistema aprenda de su caso, sin su nombre"),
        "sharing": _l("Compartir lo necesario con el cuidador elegido"),
    },
    "consent_channel": {
        "signature": _l("Firma en papel"), "voice": _l("De palabra, con testigo"), "message": _l("Por mensaje"),
        "file": _l("Según un archivo importado"),
    },
    "checklist_kind": {"document": _l("Documento"), "visit": _l("Visita")},
    "vetting_state": {
        "missing": _l("Falta"), "received": _l("Recibido, por revisar"), "verified": _l("Verificado"),
        "rejected": _l("Rechazado"), "expired": _l("Vencido"),
    },
    "followup_channel": {"visit": _l("Visita"), "call": _l("Llamada"), "message": _l("Mensaje")},
    "answered_by": {"caregiver": _l("La familia"), "provider": _l("El cuidador"), "both": _l("Ambos")},
    "wellbeing": {"well": _l("Bien"), "fair": _l("Regular"), "badly": _l("Mal"), "unknown": _l("No se sabe")},
    "yes_no": {"yes": _l("Sí"), "no": _l("No"), "unknown": _l("No se sabe")},
    "attendance": {
        "present": _l("Asistió"), "excused": _l("Faltó con aviso"), "absent": _l("Faltó"), "": _l("No se sabe"),
    },
    "import_kind": {"families": _l("Familias"), "providers": _l("Cuidadores")},
    "import_status": {
        "waiting": _l("Por confirmar"), "done": _l("Importado"), "abandoned": _l("Abandonado"),
        "expired": _l("Se venció sin confirmar"),
    },
    "visit_result": {"passed": _l("Conforme"), "failed": _l("No conforme")},
    "answer": {"accepted": _l("Aceptó"), "declined": _l("No aceptó")},
    "score_band": {"high": _l("Muy buena opción"), "medium": _l("Buena opción"), "low": _l("Opción posible")},
    "end_group": {"planned": _l("Previsto"), "unplanned": _l("Imprevisto"), "other": _l("Otro")},
    "action_taken": {
        "create": _l("Creó"), "update": _l("Cambió"), "delete": _l("Eliminó"), "read": _l("Leyó"),
        "reveal": _l("Vio un dato reservado"), "refused": _l("Se le negó"), "login": _l("Ingresó"),
        "logout": _l("Salió"), "search": _l("Buscó"), "download": _l("Descargó"), "enter": _l("Entró a la ONG"),
        "leave": _l("Dejó la ONG"), "invite": _l("Invitó"), "import": _l("Importó"), "revoke": _l("Anuló"),
        "password": _l("Cambió su contraseña"), "ask": _l("Pidió un trabajo"), "cancel": _l("Pidió pararlo"),
        "train": _l("Entrenó"), "promote": _l("Promovió"), "rollback": _l("Volvió atrás"),
        "rotate": _l("Renovó la clave"), "hand_over": _l("Entregó el caso a otra persona"),
    },
    "why_phone": {
        "follow_up": _l("Llamar por un seguimiento"), "file": _l("Llamar para completar la ficha"),
        "offer": _l("Llamar para ofrecer una colocación"), "visit": _l("Llamar para acordar una visita"),
    },
    "why_address": {"visit": _l("Visitar el lugar"), "distance": _l("Comprobar la distancia")},
    "why_dni": {"document": _l("Compararlo con el documento"), "file": _l("Completar la ficha")},
    "field": {
        "dni": _l("DNI"), "dni_sealed": _l("DNI"), "phone": _l("Teléfono"), "phone_sealed": _l("Teléfono"),
        "address": _l("Dirección"), "address_sealed": _l("Dirección"), "name": _l("Nombre"), "status": _l("Estado"),
        "schedule": _l("Horario"), "capacity": _l("Cupos"), "monthly_fee_pen": _l("Pago al mes"),
        "profile": _l("Perfil"), "story": _l("Historia"), "special_needs": _l("Necesidades especiales"),
        "languages": _l("Lenguas"), "valid_until": _l("Vigencia"), "expires_on": _l("Vencimiento"),
        "state": _l("Estado"), "roles": _l("Roles"), "values": _l("Ajustes"), "birth_date": _l("Fecha de nacimiento"),
        "health_note": _l("Salud"), "health_sealed": _l("Salud"), "ubigeo": _l("Distrito"), "note": _l("Nota"),
        "note_sealed": _l("Nota"), "problem_sealed": _l("Problema"),
        "income": _l("Ingreso"), "income_sealed": _l("Ingreso"), "events": _l("Qué se avisa"),
        "secret_sealed": _l("Clave"), "caseworker_id": _l("Responsable"),
    },
    "subject": {
        "family": _l("Familia"), "caregiver": _l("Persona que cuida"), "child": _l("Niña o niño"),
        "consent": _l("Consentimiento"), "exclusion": _l("Exclusión"), "provider": _l("Cuidador"),
        "vetting_item": _l("Requisito"), "checklist_item": _l("Lista de verificación"), "document": _l("Documento"),
        "seat_band": _l("Cupos"), "seat_hold": _l("Cupo reservado"), "suggestion": _l("Sugerencia"),
        "proposal": _l("Propuesta"), "proposal_child": _l("Niña o niño de una propuesta"),
        "placement": _l("Colocación"), "follow_up": _l("Seguimiento"), "attendance_day": _l("Asistencia"),
        "outcome": _l("Resultado"), "transition": _l("Cambio de estado"), "membership": _l("Integrante"),
        "tenant_settings": _l("Ajustes"), "tenant_key": _l("Llave"), "invitation": _l("Invitación"),
        "support_access": _l("Acceso de soporte"), "api_token": _l("Token de un programa"), "delegation": _l("Encargo"),
        "information_request": _l("Pedido de información"), "import_file": _l("Archivo importado"),
        "user_account": _l("Cuenta"), "job": _l("Trabajo del sistema"), "model": _l("Modelo"),
        "webhook": _l("Aviso a otro sistema"),
    },
}
