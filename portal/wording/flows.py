"""Words of the flows: states, actions and coded reasons."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

WORDS: dict[str, dict[str, object]] = {
    "family_status": {
        "draft": _l("Borrador"), "submitted": _l("Por revisar"), "needs_information": _l("Falta información"),
        "eligible": _l("Admitida"), "not_eligible": _l("No admitida"), "waiting": _l("En espera"),
        "paused": _l("En pausa"), "matched": _l("Con propuesta aprobada"), "placed": _l("Con cuidado"),
        "closed": _l("Cerrada"),
    },
    "provider_status": {
        "invited": _l("Invitado"), "applied": _l("Postulante"), "in_vetting": _l("En verificación"),
        "conditional": _l("Con condiciones"), "approved": _l("Aprobado"), "recertification_due": _l("Por renovar"),
        "suspended": _l("Suspendido"), "rejected": _l("Rechazado"), "on_leave": _l("De licencia"),
        "closed": _l("Cerrado"),
    },
    "suggestion_status": {
        "suggested": _l("Sugerido"), "shortlisted": _l("Preseleccionado"), "dismissed": _l("Descartado"),
        "proposed": _l("Propuesto"),
    },
    "proposal_status": {
        "proposed": _l("Por decidir"), "returned": _l("Devuelta"), "rejected": _l("Rechazada"),
        "approved": _l("Aprobada"), "offered": _l("Ofrecida"), "accepted": _l("Aceptada"),
        "decline_pending": _l("No aceptada, por confirmar"), "declined": _l("No aceptada"),
        "expired": _l("Vencida"), "withdrawn": _l("Retirada"),
    },
    "placement_status": {
        "planned": _l("Por empezar"), "active": _l("En curso"), "interrupted": _l("Interrumpida"),
        "ending": _l("Fin por confirmar"), "ended": _l("Terminada"), "cancelled": _l("Cancelada"),
    },
    "follow_up_status": {
        "scheduled": _l("Pendiente"), "done": _l("Hecho"), "could_not_reach": _l("No se ubicó"),
        "cancelled": _l("Cancelado"),
    },
    "to_decide": {
        "proposed": _l("Propuestas"), "decline_pending": _l("Respuestas negativas"), "ending": _l("Fines imprevistos"),
    },
    "side": {"family": _l("La familia"), "provider": _l("El cuidador")},
    "followup_when": {
        "overdue": _l("Atrasados"), "today": _l("Para hoy"), "coming": _l("Próximos 30 días"), "done": _l("Hechos"),
    },
    "action": {
        "submit": _l("Enviar a supervisión"), "ask": _l("Pedir información"), "accept": _l("Admitir"),
        "refuse": _l("No admitir"), "wait": _l("Pasar a espera"), "pause": _l("Poner en pausa"),
        "resume": _l("Reanudar"), "match": _l("Emparejar"), "place": _l("Colocar"),
        "fall_through": _l("Volver a espera"), "wait_again": _l("Volver a espera"), "close": _l("Cerrar"),
        "reopen": _l("Reabrir"), "apply": _l("Registrar postulación"), "start_vetting": _l("Empezar verificación"),
        "approve_with_conditions": _l("Aprobar con condiciones"), "approve": _l("Aprobar"), "reject": _l("Rechazar"),
        "renewal_due": _l("Avisar renovación"), "renew": _l("Renovar"), "suspend": _l("Suspender"),
        "lapse": _l("Suspender por vencimiento"), "reinstate": _l("Rehabilitar"), "leave": _l("Dar licencia"),
        "return": _l("Devolver"), "come_back": _l("Volver de la licencia"),
        "shortlist": _l("Preseleccionar"), "unlist": _l("Quitar de la preselección"),
        "dismiss": _l("Descartar"), "restore": _l("Recuperar"), "propose": _l("Proponer"),
        "unpropose": _l("Dejar sin propuesta"), "propose_again": _l("Proponer otra vez"), "offer": _l("Ofrecer"),
        "agree": _l("Aceptar"), "decline": _l("No aceptar"), "confirm_decline": _l("Confirmar que no acepta"),
        "overrule": _l("Ofrecer otra vez"), "expire": _l("Vencer"), "withdraw": _l("Retirar"),
        "start": _l("Empezar"), "cancel": _l("Cancelar"), "interrupt": _l("Interrumpir"), "end": _l("Terminar"),
        "end_early": _l("Terminar antes"), "confirm_end": _l("Confirmar fin"),
        "overrule_end": _l("Seguir con el cuidado"), "correct": _l("Corregir"),
        "complete": _l("Registrar"), "not_reached": _l("No se ubicó"),
    },
    "reason": {
        "aged_out": _l("Cumplió la edad límite"), "moved": _l("Se mudó"),
        "no_longer_needs": _l("Ya no necesita cuidado"),
        "declined": _l("No quiso seguir"), "not_reachable": _l("No se ubica"),
        "not_eligible": _l("No cumple requisitos"),
        "duplicate": _l("Registro duplicado"), "family_asked": _l("La familia lo pidió"), "travel": _l("Viaje"),
        "illness": _l("Enfermedad"), "work_changed": _l("Cambió su trabajo"), "outside_area": _l("Fuera de la zona"),
        "outside_age": _l("Fuera de la edad"), "no_consent": _l("Sin consentimiento"),
        "other_programme": _l("La atiende otro programa"), "document_expired": _l("Documento vencido"),
        "complaint": _l("Queja"), "visit_failed": _l("Visita desfavorable"),
        "registry_check": _l("Resultado en el registro de antecedentes"), "own_wish": _l("A su pedido"),
        "family_distance": _l("Familia: muy lejos"), "family_trust": _l("Familia: falta de confianza"),
        "family_hours": _l("Familia: horario"), "family_cost": _l("Familia: costo"),
        "family_other": _l("Familia: otro motivo"), "family_other_care": _l("Familia: encontró otro cuidado"),
        "family_no_longer": _l("Familia: ya no lo necesita"), "provider_full": _l("Cuidador: sin cupo"),
        "provider_declined": _l("Cuidador: no acepta"), "provider_hours": _l("Cuidador: horario"),
        "provider_need": _l("Cuidador: no puede atender la necesidad"), "provider_other": _l("Cuidador: otro motivo"),
        "provider_stopped": _l("Cuidador: dejó de atender"), "data_wrong": _l("Un dato está equivocado"),
        "better_option": _l("Hay una mejor opción"), "rule_doubt": _l("Duda sobre una regla"),
        "need_not_met": _l("No atiende la necesidad"), "provider_doubt": _l("Duda sobre el cuidador"),
        "information_missing": _l("Falta información"), "case_closed": _l("Caso cerrado"),
        "provider_suspended": _l("Cuidador suspendido"), "other_accepted": _l("Se aceptó otra opción"),
        "mistake": _l("Error de registro"), "school": _l("Pasó a la escuela"), "goal_reached": _l("Objetivo logrado"),
        "family_left": _l("La familia lo dejó"), "safety": _l("Seguridad de la niña o el niño"), "cost": _l("Costo"),
        "distance": _l("Distancia"), "behaviour": _l("Adaptación"), "not_attending": _l("No asiste"),
        "provider_leave": _l("Licencia del cuidador"), "placement_ended": _l("Terminó la colocación"),
        "replaced": _l("Reemplazado por otro"), "other": _l("Otro motivo"),
    },
}
