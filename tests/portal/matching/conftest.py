"""Families that agreed to be compared and providers with a profile, for the real encoder."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from portal import clock
from portal.extensions import db
from portal.models import Consent, Family, Provider
from tests.portal.worlds import World

STORY = "Vendo desayunos en el mercado desde las cinco. Mi hijo es tranquilo y le gusta dibujar."
PROFILE = "Cuido niños de madres que trabajan temprano en el mercado. Pintamos y dibujamos todos los días."


@dataclasses.dataclass(frozen=True)
class Scene(World):
    """A world whose families have a story and whose providers have a profile."""

    def case(self, children: int = 1, **values: Any) -> Family:
        family = self.family(children, **{"story": STORY, **values})
        self.answer(family, services=True, matching=True)
        return family

    def answer(self, family: Family, **answers: bool) -> None:
        """What the family says now to each purpose."""
        for purpose, given in answers.items():
            db.session.add(Consent(
                family_id=family.id, purpose=purpose, given=given, text_version="t", given_on=clock.today(),
                recorded_by_id=self.worker.id, recorded_at=clock.now(),
            ))
        db.session.commit()
        db.session.refresh(family)

    def home(self, **values: Any) -> Provider:
        return self.provider(**{"profile": PROFILE, **values})


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world.ngo)
