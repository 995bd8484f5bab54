"""`load`: the whole network, into an empty database."""

from __future__ import annotations

import random

from portal import clock
from portal.demo import families, history, people, providers
from portal.demo.stage import Stage
from portal.tenancy import acting_for


def load(seed: int) -> None:
    """Make both NGOs. Needs an application at work and DEMO_PASSWORD; the seed moves places and numbers."""
    stage = Stage(clock.now(), random.Random(seed))
    for ngo in people.cast(stage).values():
        with acting_for(ngo.id):
            providers.enter(stage, ngo)
            found = families.enter(stage, ngo)
            history.play(stage, ngo, found)
            history.suggest_open(found)
            history.plan(ngo)
