"""The NGOs of the demo, their people and their checklists."""

from __future__ import annotations

import os
from uuid import UUID

from flask_security import hash_password

from portal.demo.stage import Ngo, Stage
from portal.extensions import db
from portal.models import ChecklistItem, Membership, Tenant, TenantSettings, User
from portal.policy import Actor, Role
from portal.tenancy import acting_for

NGOS = {
    "semilla": ("Semilla Lima Este", "150132"),
    "wasi": ("Wasi Ayacucho", "050101"),
}
STAFF = {  # NGO → (account, name, role)
    "semilla": (
        ("caseworker", "Noemí Salcedo", Role.CASEWORKER), ("caseworker2", "Ítalo Barrantes", Role.CASEWORKER),
        ("supervisor", "Graciela Pinedo", Role.SUPERVISOR), ("supervisor2", "Óscar Villacorta", Role.SUPERVISOR),
        ("admin", "Liliana Ugarte", Role.NGO_ADMIN), ("data", "Fabiola Rentería", Role.DATA_SCIENTIST),
    ),
    "wasi": (
        ("caseworker", "Yaneth Cárdenas", Role.CASEWORKER), ("supervisor", "Edgar Palomares", Role.SUPERVISOR),
        ("supervisor2", "Maura Anaya", Role.SUPERVISOR), ("admin", "Rubén Quintana", Role.NGO_ADMIN),
        ("data", "Wilber Anccasi", Role.DATA_SCIENTIST),
    ),
}
CHECKLIST = (  # code, title, kind, mandatory, validity in days
    ("dni", "Copia de DNI o RUC vigente", "document", True, None),
    ("cul", "Certificado Único Laboral (antecedentes policiales, penales y judiciales)", "document", True, 90),
    ("ley30901", "Consulta al subregistro de la Ley 30901", "document", True, 180),
    ("salud", "Certificado de salud física y mental", "document", True, 365),
    ("auxilios", "Curso de primeros auxilios y RCP infantil", "document", True, 730),
    ("visita", "Visita al local: espacio, gas, escaleras, baño y agua", "visit", True, 365),
    ("itse", "Certificado ITSE de seguridad", "document", False, 730),
    ("sanidad", "Carné de sanidad de quien prepara alimentos", "document", False, 180),
    ("referencias", "Tres referencias de vecinos o familias", "document", False, None),
    ("conducta", "Código de conducta firmado", "document", True, None),
)


def cast(stage: Stage) -> dict[str, Ngo]:
    """Make both NGOs with their accounts; every account has the password DEMO_PASSWORD."""
    password = hash_password(os.environ["DEMO_PASSWORD"])
    db.session.add(User(email="operator@platform.example", name="Operación Ayni", password=password, is_operator=True))
    db.session.commit()
    return {slug: _ngo(stage, slug, password) for slug in NGOS}


def _ngo(stage: Stage, slug: str, password: str) -> Ngo:
    name, ubigeo = NGOS[slug]
    tenant = Tenant(slug=slug, name=name, ubigeo=ubigeo)
    users = {
        account: User(email=f"{account}@{slug}.example", name=person, password=password)
        for account, person, _ in STAFF[slug]
    }
    db.session.add_all([tenant, *users.values()])
    db.session.commit()
    tenant_id, ids = tenant.id, {account: user.id for account, user in users.items()}
    with acting_for(tenant_id):
        for account, _, role in STAFF[slug]:
            db.session.add(Membership(user_id=ids[account], roles=[role.value]))
        db.session.add(TenantSettings(contact=f"01 555 0{stage.dice.randrange(100, 999)}"))
        for place, (code, title, kind, mandatory, days) in enumerate(CHECKLIST):
            db.session.add(ChecklistItem(
                code=code, title=title, kind=kind, mandatory=mandatory, validity_days=days, position=place
            ))
        db.session.commit()
    return Ngo(slug, tenant_id, _actors(slug, tenant_id, ids, Role.CASEWORKER),
               _actors(slug, tenant_id, ids, Role.SUPERVISOR), _actors(slug, tenant_id, ids, Role.NGO_ADMIN)[0])


def _actors(slug: str, tenant: UUID, ids: dict[str, UUID], wanted: Role) -> tuple[Actor, ...]:
    return tuple(
        Actor(ids[account], person, frozenset({role.value}), tenant)
        for account, person, role in STAFF[slug] if role is wanted
    )
