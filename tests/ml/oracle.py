"""The hard rules once more, said plainly for one child and one provider, from what the NGOs' rules say."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from ml import schedule
from ml.frames import BAND_ENDS, Child, Provider, Rules

RADIUS = 6371.0088  # km, the mean one of the earth
covers = cache(schedule.covers)


@cache
def band(birth: date, start: date) -> int | None:
    """The age band in which a child begins."""
    months = (start.year - birth.year) * 12 + start.month - birth.month - (start.day < birth.day)
    return next((place for place, end in enumerate(BAND_ENDS) if 0 <= months < end), None)


def said(holds: bool) -> str:
    return "pass" if holds else "fail"


def vetting(child: Child, _: list[Child], provider: Provider, rules: Rules) -> str:
    """Vetting that nobody knows the end of is unknown."""
    if provider.status not in ("approved", "recertification_due", "on_leave") and not (
        provider.status == "conditional" and rules.conditional_may_match
    ):
        return "fail"
    last = max(child.start + timedelta(days=rules.vetting_margin_days), rules.today or date.min)
    return "unknown" if provider.valid_until is None else said(provider.valid_until >= last)


def seats(child: Child, together: list[Child], provider: Provider, _: Rules) -> str:
    """For everybody who is placed together; somebody on leave has none."""
    since, until = provider.away
    if since is not None and since <= child.start and (until is None or child.start <= until):
        return "fail"
    bands = [band(one.birth, one.start) for one in together]
    return said(
        band(child.birth, child.start) is not None
        and all(bands.count(one) <= provider.seats[one] for one in bands if one is not None)
    )


def hours(child: Child, _: list[Child], provider: Provider, __: Rules) -> str:
    if not child.schedule or not provider.schedule:
        return "unknown"
    return said(covers(child.schedule, provider.schedule))


def fee(child: Child, _: list[Child], provider: Provider, rules: Rules) -> str:
    """What costs nothing is within any budget."""
    if provider.fee is None:
        return "unknown"
    pay = provider.fee - rules.subsidy if provider.accepts_subsidy else provider.fee
    if pay <= 0:
        return "pass"
    return "unknown" if child.max_fee is None else said(pay <= child.max_fee)


def special_needs(child: Child, _: list[Child], provider: Provider, __: Rules) -> str:
    return said(all(need in provider.needs for need in child.needs))


def distance(child: Child, _: list[Child], provider: Provider, __: Rules) -> str:
    ends = (child.latitude, child.longitude, provider.latitude, provider.longitude)
    if child.max_km is None or None in ends:
        return "unknown"
    lat, lon, to_lat, to_lon = (math.radians(end or 0.0) for end in ends)
    half = math.sin((to_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return said(2 * RADIUS * math.asin(math.sqrt(half)) <= child.max_km)


def language(child: Child, _: list[Child], provider: Provider, __: Rules) -> str:
    """The one the family prefers, where it says that it must be."""
    if not child.language_required or not child.languages:
        return "pass"
    return said(child.languages[0] in provider.languages) if provider.languages else "unknown"


def conflict(child: Child, _: list[Child], provider: Provider, __: Rules) -> str:
    return said(provider.ref not in child.excluded and provider.ubigeo not in child.excluded)


RULES: dict[str, Callable[[Child, list[Child], Provider, Rules], str]] = {
    "vetting": vetting, "seats": seats, "hours": hours, "fee": fee, "special_needs": special_needs,
    "distance": distance, "language": language, "conflict": conflict,
}


def households(children: list[Child]) -> list[list[Child]]:
    """For each child who is placed with it, itself among them."""
    return [
        [one for one in children if one.family == child.family and one.together] if child.together else [child]
        for child in children
    ]


def results(child: Child, together: list[Child], provider: Provider, rules: Rules) -> dict[str, str]:
    """Rule → what it says of a child and a provider."""
    return {name: rule(child, together, provider, rules) for name, rule in RULES.items()}


def stopping(found: dict[str, str], rules: Rules) -> set[str]:
    """The rules that stand in the way."""
    return {
        name for name, result in found.items()
        if result == "fail" or (result == "unknown" and name not in rules.unknown_may_pass)
    }
