"""Rows of the CSV files, or of the portal's queries, as the columns the matcher reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml.frames import BANDS, Children, Providers, needs_mask
from ml.schedule import WEEK

Row = dict[str, Any]


def children_of(rows: Sequence[Row]) -> Children:
    """Children from rows named as in `ml.schema.FAMILIES`; `language_required` and `excluded` may be left out."""
    refs = [row["family_ref"] for row in rows]
    numbers = {ref: number for number, ref in enumerate(dict.fromkeys(refs))}
    return Children(
        ref=np.array([str(row["child_ref"]) for row in rows], dtype=np.str_),
        family=np.array([numbers[ref] for ref in refs], dtype=np.int64),
        together=np.array([row["siblings"] == "together" for row in rows], dtype=np.bool_),
        birth=np.array([row["child_birth_date"] for row in rows], dtype="datetime64[D]"),
        start=np.array([row["start_date"] for row in rows], dtype="datetime64[D]"),
        latitude=_numbers(rows, "latitude"), longitude=_numbers(rows, "longitude"),
        max_km=_numbers(rows, "max_distance_km"), max_fee=_numbers(rows, "max_monthly_fee_pen"),
        needs=np.array([needs_mask(row["child_special_needs"]) for row in rows], dtype=np.int64),
        schedule=_weeks(rows), languages=tuple(tuple(row["language"]) for row in rows),
        language_required=np.array([bool(row.get("language_required")) for row in rows], dtype=np.bool_),
        excluded=tuple(frozenset(row.get("excluded") or ()) for row in rows),
    )


def providers_of(rows: Sequence[Row]) -> Providers:
    """Providers from rows named as in `ml.schema.PROVIDERS`."""
    return Providers(
        ref=np.array([str(row["provider_ref"]) for row in rows], dtype=np.str_),
        ubigeo=np.array([row["ubigeo"] for row in rows], dtype=np.str_),
        status=np.array([row["vetting_status"] for row in rows], dtype=np.str_),
        valid_until=np.array([row["vetting_valid_until"] or "NaT" for row in rows], dtype="datetime64[D]"),
        latitude=_numbers(rows, "latitude"), longitude=_numbers(rows, "longitude"),
        fee=_numbers(rows, "monthly_fee_pen"),
        accepts_subsidy=np.array([row["accepts_subsidy"] for row in rows], dtype=np.bool_),
        needs=np.array([needs_mask(row["special_needs"]) for row in rows], dtype=np.int64),
        schedule=_weeks(rows),
        seats=np.array([[row[f"seats_{band}"] for band in BANDS] for row in rows], dtype=np.int64).reshape(-1, len(BANDS)),
        languages=tuple(tuple(row["languages"]) for row in rows),
    )


def _numbers(rows: Sequence[Row], name: str) -> Any:
    return np.array([np.nan if row[name] is None else float(row[name]) for row in rows], dtype=np.float64)


def _weeks(rows: Sequence[Row]) -> Any:
    return np.array([row["schedule"] for row in rows], dtype=np.bool_).reshape(-1, WEEK)
