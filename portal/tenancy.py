"""Whose data this is: the only place that narrows reads, stamps writes and tells the database the tenant.

Three of the four layers live here (the fourth, the database's own keys, policies and triggers, is in `migrations/`):
a read is narrowed by `_narrow`, a write is stamped and checked by `_guard_writes`, and each transaction tells the
database its tenant through `_announce_tenant`. Without a tenant nothing of a tenant can be read or written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, ForeignKey, ForeignKeyConstraint, UniqueConstraint, event, func, inspect, select
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)

from portal import bare
from portal.extensions import Base, db

_tenant: ContextVar[UUID | None] = ContextVar("tenant", default=None)
_platform: ContextVar[str | None] = ContextVar("platform", default=None)
NOBODY = UUID(int=0)  # no tenant has this id: a criterion that lets nothing through


class NoTenantError(RuntimeError):
    """Data of a tenant was asked for while no tenant is at work."""


class OtherTenantError(RuntimeError):
    """A row, a session or a statement belongs to a tenant that is not the one at work."""


class TenantScoped:
    """Mixin of every table that belongs to a tenant.

    `tenant_id` leads every key, so that a reference from one tenant to another cannot be written at all.
    """

    @declared_attr
    @classmethod
    def tenant_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("tenant.id"), index=True)

    def __init__(self, **values: Any) -> None:
        self.tenant_id = values.pop("tenant_id", None) or current()
        super().__init__(**values)


class PlatformReadable(TenantScoped):
    """A tenant's table that login must read before any tenant is known. Memberships, and nothing else."""


def in_tenant(*constraints: Any) -> tuple[Any, ...]:
    """Table arguments of a tenant's table: the target of composite references, then its own constraints."""
    return (UniqueConstraint("tenant_id", "id"), *constraints)


def belongs(column: str, table: str, target: str = "id", **options: Any) -> ForeignKeyConstraint:
    """A reference that holds within the tenant only: (tenant_id, column) → table (tenant_id, target)."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.{target}"], **options)


def current() -> UUID:
    """The tenant at work; raises NoTenantError when there is none."""
    tenant = _tenant.get()
    if tenant is None:
        raise NoTenantError("no tenant is at work")
    return tenant


def current_or_none() -> UUID | None:
    """The tenant at work, or None outside any."""
    return _tenant.get()


@contextmanager
def acting_for(tenant: UUID) -> Iterator[UUID]:
    """Work for one tenant. Tenants do not nest, and leaving one ends its session.

    The session ends because its identity map answers `get` without asking the database: a row of this tenant would
    still be handed out to the next one.
    """
    outer = _tenant.get()
    if outer == tenant:
        yield tenant
        return
    if outer is not None:
        raise OtherTenantError("already acting for another tenant")
    db.session.remove()
    token = _tenant.set(tenant)
    try:
        yield tenant
    finally:
        db.session.remove()
        _tenant.reset(token)


@contextmanager
def platform_scope(reason: str) -> Iterator[None]:
    """Read memberships across tenants, before a tenant is known. Opens `PlatformReadable` tables only."""
    if _tenant.get() is not None:
        raise OtherTenantError("a tenant is at work")
    db.session.remove()
    token = _platform.set(reason)
    try:
        yield
    finally:
        db.session.remove()
        _platform.reset(token)


def _bind(session: Session) -> UUID | None:
    """The tenant at work, which is and stays the session's tenant."""
    tenant = _tenant.get()
    bound = session.info.setdefault("tenant", tenant)
    if bound != tenant:
        if bound is None and not session.identity_map:
            session.info["tenant"] = tenant
            return tenant
        raise OtherTenantError("the session belongs to another tenant")
    return tenant


def _narrow(state: ORMExecuteState) -> None:
    """Every statement of the ORM reads, changes and deletes rows of the tenant at work only."""
    tenant = _bind(state.session)
    if not state.is_orm_statement:
        _refuse_raw(state)
        return
    _refuse_bulk(state)
    if state.is_column_load:
        return
    if not state.is_relationship_load:
        _refuse_bare(state)
    state.statement = state.statement.options(*_criteria(state, tenant))


def _criteria(state: ORMExecuteState, tenant: UUID | None) -> list[Any]:
    if tenant is not None:
        return [_only(TenantScoped, tenant)]
    if _platform.get() is not None:
        return [_only(table, NOBODY) for table in tenant_classes() if not issubclass(table, PlatformReadable)]
    if any(issubclass(mapper.class_, TenantScoped) for mapper in state.all_mappers):
        raise NoTenantError("data of a tenant was asked for while no tenant is at work")
    return [_only(TenantScoped, NOBODY)]


def _only(table: type[TenantScoped], tenant: UUID) -> Any:
    # propagate_to_loaders=True: with False a joinedload of a many-to-one is not narrowed.
    return with_loader_criteria(
        table, lambda cls: cls.tenant_id == tenant, include_aliases=True, propagate_to_loaders=True
    )


def _refuse_raw(state: ORMExecuteState) -> None:
    """Core statements are not narrowed: the few that exist say so themselves (`raw=<reason>`)."""
    if not state.execution_options.get("raw"):
        raise OtherTenantError("a Core statement is not narrowed to the tenant at work")


def _refuse_bulk(state: ORMExecuteState) -> None:
    """What writes many rows without a criterion, and what gives rows away, is not narrowed."""
    if state.is_insert:
        raise OtherTenantError("bulk inserts are not checked: add rows to the session")
    if not state.is_update:
        return
    if isinstance(state.parameters, list) or state.execution_options.get("dml_strategy") in {"bulk", "core_only"}:
        raise OtherTenantError("updates by key are not narrowed: change rows of the session")
    if bare.names_column(state.statement, "tenant_id") or "tenant_id" in (state.parameters or {}):
        raise OtherTenantError("an update does not name the tenant")


def _refuse_bare(state: ORMExecuteState) -> None:
    """Text and tables without their entity are not narrowed, though an entity stands beside them."""
    if bare.is_known(state.statement):
        return
    found = bare.parts(state.statement, _tables())
    if found:
        raise OtherTenantError(f"not narrowed to the tenant at work: {', '.join(found)}")
    bare.remember(state.statement)


def tenant_classes() -> list[type[TenantScoped]]:
    """Every mapped class of a tenant's table."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return [cls for cls in mapped if issubclass(cls, TenantScoped)]


def _tables() -> set[str]:
    """The names of the tenants' tables."""
    return {str(inspect(cls).local_table) for cls in tenant_classes()}


def _guard_writes(session: Session, *_: Any) -> None:
    """Nothing of another tenant is written, and no row changes its tenant."""
    tenant = _bind(session)
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantScoped):
            continue
        if tenant is None:
            raise NoTenantError(f"{type(row).__name__} written while no tenant is at work")
        if row.tenant_id != tenant:
            raise OtherTenantError(f"{type(row).__name__} of another tenant")


def _guard_attach(session: Session, row: Any) -> None:
    """No row of another tenant comes back into a session: its columns would be read again without a question."""
    tenant = _tenant.get()
    if isinstance(row, TenantScoped) and tenant is not None and row.__dict__.get("tenant_id") != tenant:
        raise OtherTenantError(f"{type(row).__name__} of another tenant")


def _announce_tenant(session: Session, transaction: Any, connection: Any) -> None:
    """Tell PostgreSQL the tenant for this transaction; SQLite asks `current_tenant()` by itself."""
    tenant = _bind(session)
    if connection.dialect.name != "postgresql":
        return
    platform = "on" if _platform.get() is not None else "off"
    connection.execute(
        select(
            func.set_config("app.tenant_id", str(tenant or ""), True),
            func.set_config("app.platform", platform, True),
        )
    )


def take_turns(session: Any, at: str = "") -> None:
    """Until this session's transaction ends, whoever else of the tenant at work asks for a turn at the same waits.

    For what a tenant has once or counts by itself, before there is a row to lock: two who find none would both make
    it. SQLite has one writer at a time anyway.
    """
    if session.connection().dialect.name != "postgresql":
        return
    number = func.hashtextextended(f"{current()} {at}", 0)
    with session.no_autoflush:  # who asks for a turn may be filling a row
        session.execute(select(func.pg_advisory_xact_lock(number)).execution_options(raw="a lock reads no rows"))


def _teach_sqlite(connection: Any, _: Any) -> None:
    """Give SQLite the function its triggers ask for the tenant at work."""
    if hasattr(connection, "create_function"):
        connection.create_function("current_tenant", 0, lambda: (_tenant.get() or NOBODY).hex)


def init_app(_: Any) -> None:
    """Listen on every session and connection. Listening twice is harmless."""
    for name, listener in (
        ("do_orm_execute", _narrow),
        ("before_flush", _guard_writes),
        ("before_attach", _guard_attach),
        ("after_begin", _announce_tenant),
    ):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)
    if not event.contains(Engine, "connect", _teach_sqlite):
        event.listen(Engine, "connect", _teach_sqlite)
