"""Words about programs: what a token may do and for how long, what a webhook tells and what came of it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

WORDS: dict[str, dict[str, object]] = {
    "scope": {
        "read:families": _l("Leer familias"), "write:families": _l("Registrar y cambiar familias"),
        "reveal:families": _l("Ver datos reservados de familias"), "read:providers": _l("Leer cuidadores"),
        "reveal:providers": _l("Ver datos reservados de cuidadores"), "read:suggestions": _l("Leer sugerencias"),
        "write:suggestions": _l("Preseleccionar y descartar sugerencias"), "read:proposals": _l("Leer propuestas"),
        "write:proposals": _l("Proponer"), "decide:proposals": _l("Decidir propuestas"),
        "read:placements": _l("Leer colocaciones"), "read:imports": _l("Ver importaciones"),
        "write:imports": _l("Importar archivos"),
    },
    "token_days": {
        "30": _l("30 días"), "90": _l("90 días"), "180": _l("180 días"), "365": _l("Un año"),
    },
    "webhook_event": {
        "family.submitted": _l("Una ficha se envió a supervisión"),
        "family.returned": _l("Supervisión pidió información"), "family.admitted": _l("Una familia fue admitida"),
        "family.refused": _l("Una familia no fue admitida"), "family.paused": _l("Una familia pausó"),
        "family.waiting": _l("Una familia vuelve a esperar"), "family.closed": _l("Un caso se cerró"),
        "family.reopened": _l("Un caso se reabrió"), "suggestions.ready": _l("La lista de sugerencias está lista"),
        "proposal.made": _l("Se propuso un cuidador"), "proposal.decided": _l("Supervisión decidió una propuesta"),
        "proposal.answered": _l("Familia y cuidador respondieron"),
        "proposal.ended": _l("Una propuesta venció o se retiró"),
        "placement.planned": _l("Se planificó una colocación"), "placement.started": _l("El cuidado empezó"),
        "placement.interrupted": _l("El cuidado se interrumpió"), "placement.resumed": _l("El cuidado continúa"),
        "placement.ended": _l("El cuidado terminó"), "placement.cancelled": _l("Una colocación se canceló"),
        "followup.due": _l("Toca un seguimiento"), "followup.answered": _l("Se registró un seguimiento"),
        "provider.available": _l("Un cuidador puede recibir niñas y niños"),
        "provider.unavailable": _l("Un cuidador deja de recibir por ahora"), "webhook.test": _l("Prueba"),
    },
    "webhook_status": {
        "active": _l("Encendido"), "off": _l("Apagado"), "disabled": _l("Apagado por fallar"),
    },
    "delivery_status": {
        "waiting": _l("Por entregar"), "delivered": _l("Entregado"), "failed": _l("No se entregó"),
    },
    "delivery_result": {
        "name": _l("El nombre del servidor no existe"), "private": _l("La dirección no es pública"),
        "unreachable": _l("El servidor no responde"), "timeout": _l("El servidor tardó demasiado"),
        "certificate": _l("La conexión segura no se pudo abrir: revise el certificado"),
        "protocol": _l("La respuesta no es HTTP"), "address": _l("La dirección ya no se permite"),
        "off": _l("El aviso estaba apagado"), "disabled": _l("El aviso estaba apagado por fallar"),
    },
}
