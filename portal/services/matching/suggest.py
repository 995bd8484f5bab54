"""A run of the matcher for one family: suggestions, and why not the others, kept as they were."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from ml import pipeline, whynot
from ml.passages import Corpus
from ml.pipeline import Request
from ml.pipeline import Suggestion as Found
from ml.whynot import WhyNot
from portal import outbox, places
from portal.extensions import db
from portal.models import Family, Provider, Suggestion, SuggestionRun
from portal.models.family import consent_now
from portal.queries import frames, tenants
from portal.services.matching import convert, model, now, openings, vectors
from portal.services.matching.model import Model

OPEN = ("submitted", "needs_information", "eligible", "waiting", "paused", "matched")
KEPT = ("shortlisted", "dismissed", "proposed")  # what a person already decided stays on the list


def may_suggest(family: Family) -> bool:
    """Is the case open, and did the family agree to be compared?"""
    return family.status in OPEN and consent_now(family, "services") and consent_now(family, "matching")


def suggest_for(family: Family) -> SuggestionRun | None:
    """Rank the providers for a family and keep the result; None where it may not or need not be done.

    The run before is no longer the current one; its suggestions stay, as they were seen; its table of the others and
    what would have helped go.
    """
    db.session.execute(
        update(SuggestionRun).where(SuggestionRun.family_id == family.id, SuggestionRun.current.is_(True))
        .values(current=False, why_not=[], openings=[])
    )
    children = frames.without_care(family) if may_suggest(family) else []
    offers = frames.providers()
    if not children:
        return None
    started = time.perf_counter()
    ranks = model.current()
    request = _request(family, [frames.child(family, one) for one in children], offers, ranks)
    answer = pipeline.rank(request)
    table = pipeline.why_not(request)
    run = SuggestionRun(
        family_id=family.id,
        model_version=ranks.named(pipeline.version(vectors.encoder().version, ranks.scorer, request.reader)),
        settings={**_settings(request), "refused_model": ranks.refused},
        why_not=_why_not(table, request), counts=table.counts(), openings=openings.of(request, answer),
        seconds=round(time.perf_counter() - started, 4),
        need=now.need_of(family), current=True,
    )
    db.session.add(run)
    db.session.flush()
    decided, by_id = _decided(family.id), {one.id: one for one in offers}
    for found in answer.suggestions:
        row = _row(run, request, found, by_id)
        if (row.provider_id, frozenset(row.children)) not in decided:
            db.session.add(row)
    outbox.happened("suggestions.ready", family)
    return run


def _request(family: Family, needs: list[dict[str, Any]], offers: list[Provider], ranks: Model) -> Request:
    story, *profiles = vectors.passages_of([vectors.of_family(family), *map(vectors.of_provider, offers)])
    return Request(
        children=convert.children(needs), providers=convert.providers([frames.provider(one) for one in offers]),
        texts=[story] * len(needs), offers=Corpus.of(profiles), rules=convert.rules(),
        keep=int(tenants.setting("suggestions_kept")), scorer=ranks.scorer, reader=vectors.reader(),
    )


def _settings(request: Request) -> dict[str, Any]:
    rules = request.rules
    return {
        "vetting_margin_days": rules.vetting_margin_days, "conditional_may_match": rules.conditional_may_match,
        "subsidy": rules.subsidy, "unknown_may_pass": sorted(rules.unknown_may_pass), "keep": request.keep,
    }


def _decided(family: UUID) -> set[tuple[UUID, frozenset[str]]]:
    """Providers and children somebody decided about; siblings in whatever order they were then."""
    found = select(Suggestion).where(Suggestion.family_id == family, Suggestion.status.in_(KEPT))
    return {(row.provider_id, frozenset(row.children)) for row in db.session.scalars(found)}


def _row(run: SuggestionRun, request: Request, found: Found, offers: Mapping[UUID, Provider]) -> Suggestion:
    provider = offers[UUID(str(request.providers.ref[found.provider]))]
    return Suggestion(
        run_id=run.id, family_id=run.family_id, provider_id=provider.id,
        children=[str(request.children.ref[child]) for child in found.children], **told(found),
        sentences=_sentences(found), offer=now.offer_of(provider),
    )


def told(found: Found) -> dict[str, Any]:
    """What a suggestion says beside who it is about, as columns; no word of anybody's text."""
    return {
        "rank": found.rank, "score": found.score, "band": found.band, "text_score": found.text_score,
        "distance_km": found.distance_km, "contributions": found.contributions, "features": found.raw,
        "facts": {"for": [_fact(one) for one in found.favour], "against": [_fact(one) for one in found.against],
                  "chance": found.chance},
        "warnings": [{"rule": rule} for rule in found.warnings],
    }


def _fact(one: Any) -> dict[str, Any]:
    return {"code": one.code, "values": one.values, "share": one.share}


def _sentences(found: Found) -> dict[str, Any]:
    """The two sentences that are nearest, those that answer a need and those that refuse it: what there is of them."""
    told = {"nearest": found.pair} | (
        {"answers": found.reading.answers, "refuses": found.reading.refuses} if found.reading else {}
    )
    return {kind: asdict(pair) for kind, pair in told.items() if pair is not None}


def _why_not(table: WhyNot, request: Request) -> list[dict[str, Any]]:
    """One entry a provider: who it is, how far, and each rule that stands in the way, for which children."""
    entries = [
        {
            "provider": str(request.providers.ref[provider]), "distance_km": failures[0].distance_km,
            "rules": _rules(failures, request),
        }
        for provider, failures in table.by_provider().items()
    ]
    return sorted(entries, key=lambda entry: (len(entry["rules"]), entry["distance_km"] or 0.0))


def _rules(failures: list[Any], request: Request) -> list[dict[str, Any]]:
    """Each rule that fails; what fails for several children in the same way is said once."""
    found: list[dict[str, Any]] = []
    for failure in failures:
        child = str(request.children.ref[failure.cause])
        told = {"rule": failure.rule, "result": failure.result, "needed": failure.needed, "offered": failure.offered}
        same = next((one for one in found if {**one, "children": None} == {**told, "children": None}), None)
        if same is None:
            found.append({**told, "children": [child]})
        elif child not in same["children"]:
            same["children"].append(child)
    return found


def touched_by(provider: Provider) -> list[UUID]:
    """The open families a changed provider may matter to: it is within their reach, or was on their list."""
    listed = set(
        db.session.scalars(
            select(Suggestion.family_id).join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
            .where(Suggestion.provider_id == provider.id, SuggestionRun.current.is_(True))
        )
    )
    where = (Family.id, Family.ubigeo, Family.latitude, Family.longitude, Family.max_distance_km)
    families = db.session.execute(select(*where).where(Family.status.in_(OPEN)))
    return [family.id for family in families if family.id in listed or _within(family, provider)]


def _within(family: Any, provider: Provider) -> bool:
    here, there = frames.point(family), frames.point(provider)
    if None in here or None in there or family.max_distance_km is None:
        return True
    return places.distance_km(here, there) <= whynot.REACH * family.max_distance_km
