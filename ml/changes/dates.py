"""Days on which a later start could help: a child grows into the next age band, or a provider's leave is over."""

from __future__ import annotations

import numpy as np

from ml.assign.part import Floats
from ml.frames import BAND_ENDS, Children, Days, Providers


def birthdays(children: Children) -> Floats:
    """(q, bands) days from the start until the child is born and until it is as old as each band but the last ends at.

    NaN where that is past.
    """
    born = children.birth
    first = born.astype("datetime64[M]")
    day = born - first.astype("datetime64[D]")
    reached = [born]
    for months in BAND_ENDS[:-1]:
        month = first + np.timedelta64(months, "M")
        after = (month + np.timedelta64(1, "M")).astype("datetime64[D]")
        reached.append(np.minimum(month.astype("datetime64[D]") + day, after))  # no such day: the month after begins
    return _ahead(np.stack(reached, axis=1), children.start[:, None])


def returns(children: Children, providers: Providers) -> tuple[Days, Floats]:
    """The days on which leaves are over, and (q, days) how many days after the start each is; NaN where past."""
    ends = providers.away_until[~np.isnat(providers.away_until)]
    days = np.unique(ends + np.timedelta64(1, "D"))
    return days, _ahead(np.broadcast_to(days, (len(children), len(days))), children.start[:, None])


def _ahead(days: Days, start: Days) -> Floats:
    found: Floats = (days - start).astype("timedelta64[D]").astype(np.float64)
    return np.where(found > 0, found, np.nan)
