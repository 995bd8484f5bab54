"""Texts as the encoder sees them: embedded once, kept while text and encoder stay, and never another NGO's."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select

from portal import tenancy
from portal.extensions import db
from portal.models import SuggestionRun, TextVector
from portal.services import matching
from portal.services.matching import vectors
from portal.services.matching.vectors import encoder, of_family, of_provider, passages_of
from tests.ground import Ngo
from tests.portal.matching.conftest import PROFILE, STORY, Scene


def kept() -> list[TextVector]:
    return list(db.session.scalars(select(TextVector).order_by(TextVector.kind, TextVector.owner_id)))


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many texts the real encoder was given, call by call."""
    seen: list[int] = []
    real: Callable = vectors.passages.encode
    monkeypatch.setattr(vectors.passages, "encode", lambda by, texts: (seen.append(len(texts)), real(by, texts))[1])
    return seen


def test_a_text_is_kept_as_the_encoder_gave_it(scene: Scene) -> None:
    (passage,) = passages_of([of_provider(scene.home())])
    db.session.commit()
    (row,) = kept()
    assert (row.kind, row.encoder, row.rows) == ("provider", encoder().version, 1 + len(passage.sentences))
    stored = np.frombuffer(row.vectors, dtype=np.float32).reshape(row.rows, encoder().width)
    assert np.array_equal(stored, passage.vectors)
    assert np.allclose(np.linalg.norm(stored, axis=1), 1, atol=1e-5)


def test_a_text_is_embedded_once(scene: Scene, spy: list[int]) -> None:
    sources = [of_family(scene.case()), of_provider(scene.home())]
    first, second = passages_of(sources), passages_of(sources)
    assert spy == [2, 0]
    assert all(np.array_equal(one.vectors, other.vectors) for one, other in zip(first, second, strict=True))


def test_a_changed_text_is_embedded_anew_and_leaves_nothing_of_the_old_one(scene: Scene, spy: list[int]) -> None:
    provider = scene.home()
    matching.suggest_for(scene.case())
    before = {row.owner_id: row.text_hash for row in kept()}
    provider.profile = "Ahora solo recibo bebés. Tengo cunas."
    matching.suggest_for(scene.case())
    after = {row.owner_id: row.text_hash for row in kept()}
    assert spy == [2, 2]  # the profile and the second family's story
    assert len(kept()) == 3
    assert {owner for owner in before if before[owner] != after[owner]} == {provider.id}


@pytest.mark.parametrize("field", ["monthly_fee_pen", "name", "version"])
def test_a_change_beside_the_text_embeds_nothing(scene: Scene, spy: list[int], field: str) -> None:
    provider = scene.home()
    passages_of([of_provider(provider)])
    setattr(provider, field, 7 if field != "name" else "Otro nombre")
    passages_of([of_provider(provider)])
    assert spy == [1, 0]


def test_another_encoder_keeps_its_own(scene: Scene) -> None:
    provider = scene.home()
    db.session.add(TextVector(
        kind="provider", owner_id=provider.id, encoder="older", text_hash="x", rows=1, vectors=b"\0" * 4,
    ))
    passages_of([of_provider(provider)])
    assert {row.encoder for row in kept()} == {"older", encoder().version}
    assert next(row for row in kept() if row.encoder == "older").vectors == b"\0" * 4


def test_names_of_the_people_do_not_reach_the_encoder(scene: Scene) -> None:
    family = scene.case(story="Rosa Quispe vende pan. Luz 0 come bien.")
    provider = scene.home(contact_name="Elena Ccori", profile="Soy Elena Ccori y cuido con cariño.")
    said = " ".join((*of_family(family).sentences, *of_provider(provider).sentences)).lower()
    assert not any(name in said for name in ("rosa", "quispe", "elena", "ccori"))
    assert "vende pan" in said


def test_an_empty_text_has_one_row(scene: Scene) -> None:
    (passage,) = passages_of([of_provider(scene.home(profile=""))])
    assert (passage.sentences, len(passage.vectors)) == ((), 1)


def test_nothing_to_embed_gives_nothing(scene: Scene) -> None:
    assert passages_of([]) == []


def test_the_mark_of_a_text_is_keyed_and_of_its_kind(scene: Scene) -> None:
    owner = uuid4()
    marks = {
        vectors.Source(kind, owner, sentences).mark
        for kind in ("family", "provider") for sentences in (("Hola.",), ("Hola.", "Chau."))
    }
    assert len(marks) == 4
    assert vectors.Source("family", owner, ("Hola.",)).mark == vectors.Source("family", uuid4(), ("Hola.",)).mark


def test_i37_i38_no_ngo_is_compared_with_or_keeps_vectors_of_the_other(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    own: dict[str, set] = {}
    for ngo in (semilla, wasi):
        with app.app_context(), tenancy.acting_for(ngo.id):
            scene = Scene(ngo)
            family, provider = scene.case(), scene.home()
            dear = scene.home(monthly_fee_pen=900)
            run = matching.suggest_for(family)
            db.session.commit()
            assert run is not None
            own[ngo.people["caseworker"].hex] = {family.id, provider.id, dear.id}
            assert {row.owner_id for row in kept()} == {family.id, provider.id, dear.id}
            assert [entry["provider"] for entry in run.why_not] == [str(dear.id)]
            assert db.session.scalars(select(SuggestionRun.family_id)).all() == [family.id]
    first, second = own.values()
    assert not first & second


def test_i38_equal_texts_of_two_ngos_have_different_marks(app: Flask, semilla: Ngo, wasi: Ngo) -> None:
    marks = []
    for ngo in (semilla, wasi):
        with app.app_context(), tenancy.acting_for(ngo.id):
            marks += [of_family(Scene(ngo).case(story=STORY)).mark, of_provider(Scene(ngo).home(profile=PROFILE)).mark]
            db.session.commit()
    assert len(set(marks)) == 4
