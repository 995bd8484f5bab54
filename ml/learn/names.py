"""The names of the methods that are compared, in the order they are told."""

from __future__ import annotations

OURS = "additive"
NAMES = (OURS, "prior", "lambdamart", "forest", "logistic", "bm25", "characters", "text", "distance", "random")
