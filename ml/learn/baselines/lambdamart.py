"""LambdaMART (LightGBM) on the raw values of the terms."""

from __future__ import annotations

import lightgbm
import numpy as np

from ml.learn.baselines.plain import Score
from ml.learn.baselines.tables import matrix
from ml.learn.examples import Examples

SETTINGS = {
    "objective": "lambdarank", "metric": "ndcg", "eval_at": [10], "learning_rate": 0.05, "num_leaves": 15,
    "min_data_in_leaf": 20, "lambdarank_truncation_level": 10, "num_threads": 2, "deterministic": True,
    "force_row_wise": True, "verbosity": -1,
}
ROUNDS, PATIENCE = 500, 40


def fit(train: Examples, validation: Examples, seed: int) -> Score:
    """Boosted trees for the order of lists; the censored are left out: a list knows no halves."""
    sets = [_set(one) for one in (train, validation)]
    model = lightgbm.train(
        {**SETTINGS, "seed": seed}, sets[0], ROUNDS, valid_sets=[sets[1]],
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
    )
    return lambda examples: np.asarray(model.predict(matrix(examples)), dtype=np.float64)


def _set(examples: Examples) -> lightgbm.Dataset:
    known = examples.take(~np.isnan(examples.label))
    known = known.take(np.argsort(known.query, kind="stable"))
    _, counts = np.unique(known.query, return_counts=True)
    return lightgbm.Dataset(matrix(known), label=known.label, group=counts, free_raw_data=False)
