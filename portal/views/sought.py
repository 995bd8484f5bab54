"""The words a list is narrowed by: posted, then sealed into its address for the person who typed them.

They are names, a DNI, a phone. As they are they would stay in logs, histories and whatever is shared; kept out of the
address, a list has no second page and no way back from a case.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from portal import audit, crypto
from portal.crypto import Place, SealBrokenError
from portal.policy import Actor
from portal.tenancy import current

LONGEST = 80  # characters of the words
SEALED = 1000  # characters of an address that are tried: more than the longest words need


def moved(actor: Actor, kind: str, field: str, kept: Iterable[str] = ()) -> Response:
    """To the list's own address: the words posted in `field` sealed, the fields `kept` as they are.

    Words are a search among `kind` for the trail: one, however often its pages are looked at.
    """
    words = request.form.get(field, "").strip()[:LONGEST]
    if words:
        audit.record("search", kind)
    values = {name: request.form.get(name, "")[:SEALED] or None for name in kept}
    sealed = crypto.seal(words.encode(), _place(actor)) if words else None
    return redirect(url_for(".index", **values, sought=sealed), 303)


def words(actor: Actor) -> str:
    """What this address is narrowed by. It opens for who typed the words, at the NGO where that was; "" elsewhere."""
    sealed = request.args.get("sought", "")
    if not sealed or len(sealed) > SEALED:
        return ""
    try:
        return crypto.unseal(sealed, _place(actor)).decode()
    except SealBrokenError:
        return ""


def _place(actor: Actor) -> Place:
    return Place(current(), "address", "sought", actor.id)
