"""Sealed values: open in their own place and nowhere else; found without being opened; keys that come and go."""

from __future__ import annotations

import base64
import dataclasses
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask, current_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal import create_app, crypto, tenancy
from portal.config import SettingsError
from portal.crypto import Keyring, Place, SealBrokenError, TenantKey, digits, encrypted_attributes, seal, unseal
from portal.extensions import db
from portal.models import Caregiver, Child, Family, Provider, TextVector
from tests.ground import Ngo
from tests.portal.worlds import World

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
PHONE = st.text("0123456789", min_size=9, max_size=9)


def place(**other: Any) -> Place:
    return dataclasses.replace(Place(tenancy.current(), "caregiver", "dni_sealed", UUID(int=1)), **other)


@quick
@given(clear=st.binary(max_size=300))
def test_what_is_sealed_opens_again_and_never_looks_the_same(world: World, clear: bytes) -> None:
    sealed = seal(clear, place())
    assert unseal(sealed, place()) == clear
    assert seal(clear, place()) != sealed
    assert len(clear) < 8 or clear not in base64.urlsafe_b64decode(sealed.partition(".")[2])


@pytest.mark.parametrize("moved", [
    {"tenant": uuid4()}, {"table": "child"}, {"column": "phone_sealed"}, {"row": UUID(int=2)},
])
def test_a_value_opens_in_its_own_place_only(world: World, moved: dict[str, Any]) -> None:
    sealed = seal(b"41234567", place())
    with pytest.raises(SealBrokenError):
        unseal(sealed, place(**moved))


@quick
@given(where=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_breaks_the_seal(world: World, where: int, bit: int) -> None:
    number, _, rest = seal(b"Calle Los Jazmines 123", place()).partition(".")
    raw = bytearray(base64.urlsafe_b64decode(rest))
    raw[where % len(raw)] ^= 1 << bit
    with pytest.raises(SealBrokenError):
        unseal(f"{number}.{base64.urlsafe_b64encode(raw).decode()}", place())


@pytest.mark.parametrize("broken", [
    "", ".", "1.", "1", "x.AAAA", "1.AAAA", "1.A", "1.ñandú", "9.AAAA", "-1.AAAA", "²." + "A" * 64, "1." + "A" * 64,
])
def test_what_was_never_sealed_is_a_broken_seal_and_no_other_error(world: World, broken: str) -> None:
    seal(b"the first use makes the key", place())
    with pytest.raises(SealBrokenError):
        unseal(broken, place())


def test_a_row_keeps_no_plain_text(world: World) -> None:
    family = world.family(story="Vende comida en el mercado.", address="Jr. Los Álamos 120")
    db.session.commit()
    assert (family.story, family.address) == ("Vende comida en el mercado.", "Jr. Los Álamos 120")
    assert not any(word in str(vars(family)) for word in ("mercado", "Álamos"))


@pytest.mark.parametrize("kind", [Family, Caregiver, Child, Provider])
def test_every_sealed_attribute_stands_on_a_column(kind: Any) -> None:
    columns = set(kind.__table__.columns.keys())
    found = encrypted_attributes(kind)
    assert found
    assert {one.column for one in found} == {name for name in columns if name.endswith("_sealed")}
    assert {one.index for one in found if one.index} == {name for name in columns if name.endswith("_index")}


def test_a_value_copied_to_another_row_or_column_does_not_open(world: World) -> None:
    one, other = world.family(story="Una historia."), world.family(story="Otra historia.")
    other.story_sealed = one.story_sealed
    one.address_sealed = one.story_sealed
    for read in (lambda: other.story, lambda: one.address):
        with pytest.raises(SealBrokenError):
            read()


def test_a_value_of_the_other_ngo_does_not_open(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    with app.app_context():
        with tenancy.acting_for(semilla.id):
            here, sealed = place(), seal(b"41234567", place())
            db.session.commit()
        with tenancy.acting_for(wasi.id):
            seal(b"the other one has a key of that number too", place())
            for one in (here, place()):
                with pytest.raises(SealBrokenError):
                    unseal(sealed, one)


def test_an_empty_value_leaves_nothing(world: World) -> None:
    caregiver = world.family().caregivers[0]
    for typed in ("987654321", "  "):
        caregiver.phone = typed
    assert (caregiver.phone, caregiver.phone_sealed, caregiver.phone_index) == (None, None, None)


@quick
@given(one=PHONE, other=PHONE)
def test_indexes_are_equal_where_the_values_are(world: World, one: str, other: str) -> None:
    assert (Caregiver.phone.lookup(one) == Caregiver.phone.lookup(other)) == (one == other)
    assert Caregiver.phone.lookup(one) == Caregiver.phone.lookup(f"+51 {one[:3]}-{one[3:6]} {one[6:]}")
    assert Caregiver.phone.lookup(one) != Caregiver.dni.lookup(one)


def test_the_same_number_has_another_index_in_each_ngo(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    found = []
    for ngo in (semilla, wasi):
        with app.app_context(), tenancy.acting_for(ngo.id):
            found.append(Caregiver.dni.lookup("41234567"))
            db.session.commit()
    assert len(set(found)) == 2
    assert all(len(one or "") == 32 for one in found)


def test_a_row_is_found_by_its_index(world: World) -> None:
    family = world.family()
    family.caregivers[0].phone = "987 654 321"
    db.session.commit()
    same = select(Caregiver.family_id).where(Caregiver.phone_index == Caregiver.phone.lookup("+51987654321"))
    assert db.session.scalars(same).all() == [family.id]
    assert Caregiver.phone.lookup("ninguno") is None


@given(st.text(max_size=30))
def test_a_number_is_compared_by_nine_digits_at_most(text: str) -> None:
    plain = digits(text)
    assert len(plain) <= 9
    assert digits(plain) == plain
    assert "".join(one for one in text if one.isdigit()).endswith(plain)


def test_each_tenant_key_is_wrapped_and_made_once(world: World) -> None:
    for _ in range(3):
        seal(b"x", place())
        crypto.blind("x", "dni")
        db.session.commit()
    rows = db.session.scalars(select(TenantKey).order_by(TenantKey.purpose)).all()
    assert [(row.purpose, row.number) for row in rows] == [("data", 1), ("index", 1)]
    assert not any(crypto.keyring.key(row.purpose)[1].hex() in row.wrapped for row in rows)


def test_a_wrapped_key_put_in_place_of_another_does_not_open(world: World) -> None:
    seal(b"x", place())
    crypto.blind("x", "dni")
    db.session.commit()
    data, index = db.session.scalars(select(TenantKey).order_by(TenantKey.purpose)).all()
    data.wrapped = index.wrapped
    db.session.commit()
    crypto.keyring.load(world_keys())
    with pytest.raises(SealBrokenError):
        seal(b"x", place())


def world_keys() -> str:
    """The master keys of the application at work."""
    return current_app.config["SETTINGS"].master_keys


def test_nothing_is_sealed_under_a_key_that_was_never_kept(world: World) -> None:
    """The first use makes the key; when that request fails, the key is gone, and so must be its use."""
    seal(b"of a request that fails", place())
    db.session.rollback()
    family = world.family(story="De un pedido que no falla.")
    assert db.session.scalar(select(func.count()).select_from(TenantKey)) == 1
    crypto.keyring.load(world_keys())  # as after a new start
    assert family.story == "De un pedido que no falla."


def test_each_person_at_each_ngo_has_a_key_of_drafts_that_a_new_master_key_replaces(
    app: Flask, semilla: Ngo, wasi: Ngo
) -> None:
    people, found = (UUID(int=1), UUID(int=2)), []
    with app.app_context():
        masters = world_keys()
        for ngo in (semilla, wasi):
            with tenancy.acting_for(ngo.id):
                found += [crypto.draft_key(one) for one in people]
                assert found[-2:] == [crypto.draft_key(one) for one in people]
                crypto.keyring.load(f"next:{base64.urlsafe_b64encode(bytes(32)).decode()},{masters}")
                found.append(crypto.draft_key(people[0]))
                crypto.keyring.load(masters)
    assert len(set(found)) == 6
    assert {len(one) for one in found} == {32}


def test_a_session_that_is_left_without_a_commit_leaves_no_key(app: Flask, semilla: Ngo) -> None:
    for story in ("Se deja.", "Queda."):
        with app.app_context(), tenancy.acting_for(semilla.id):
            seal(story.encode(), place())
            if story == "Queda.":
                sealed = seal(story.encode(), place())
                db.session.commit()
    with app.app_context(), tenancy.acting_for(semilla.id):
        crypto.keyring.load(app.config["SETTINGS"].master_keys)
        assert unseal(sealed, place()) == b"Queda."


def test_making_a_key_writes_no_row_that_is_half_made(world: World) -> None:
    row = TextVector(kind="family", owner_id=uuid4(), encoder="e", rows=0, vectors=b"")
    db.session.add(row)
    row.text_hash = crypto.blind("the first use in this NGO", "text")
    db.session.commit()
    assert db.session.scalars(select(TextVector.text_hash)).all() == [row.text_hash]


def test_old_values_stay_readable_under_a_new_key(world: World) -> None:
    family = world.family(story="Antes.")
    before = crypto.blind("41234567", "dni")
    assert crypto.keyring.add("data") == 2
    db.session.commit()
    assert family.story == "Antes."
    family.address = "Después"
    assert [(text or "")[:2] for text in (family.story_sealed, family.address_sealed)] == ["1.", "2."]
    Family.story.reseal(family)
    assert ((family.story_sealed or "")[:2], family.story) == ("2.", "Antes.")
    assert crypto.blind("41234567", "dni") == before


GOOD = base64.urlsafe_b64encode(bytes(32)).decode()


@pytest.mark.parametrize("keys", [
    "m1", "m1:", "m1:AAAA", "m1:" + base64.urlsafe_b64encode(bytes(31)).decode(), "m1:%%%%", "m1:" + GOOD + ",m2:AA"
])
def test_a_master_key_that_is_none_is_refused_at_the_start(app: Flask, keys: str) -> None:
    with pytest.raises(ValueError, match=r"master key|padding|base64"):
        Keyring().load(keys)
    with pytest.raises(SettingsError, match="MASTER_KEYS"):
        create_app(dataclasses.replace(app.config["SETTINGS"], master_keys=keys))
