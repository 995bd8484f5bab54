"""Random forest and logistic regression (scikit-learn) on the raw values of the terms."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ml.frames import Floats
from ml.learn import weights
from ml.learn.baselines.plain import Score
from ml.learn.examples import Examples, held_share, soft_label

TREES = 200
LEAF = 10  # rows in a leaf, at least


class Classifier(Protocol):
    """What is used of a classifier of scikit-learn, which has no types."""

    def fit(self, values: Floats, answer: Floats, **options: Any) -> Any: ...

    def predict_proba(self, values: Floats) -> Any: ...


def matrix(examples: Examples) -> Floats:
    """(m, t) raw values, the terms in order of their names."""
    return np.stack([examples.raw[name] for name in sorted(examples.raw)], axis=1)


def forest(train: Examples, seed: int) -> Score:
    """Random forest. Unknown values go to the side of a split that suits them best."""
    model = RandomForestClassifier(TREES, min_samples_leaf=LEAF, random_state=seed, n_jobs=2)
    return _fitted(model, train)


def logistic(train: Examples, seed: int) -> Score:
    """Logistic regression on standardised values; unknown ones are the median, and flagged."""
    model = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True), StandardScaler(),
        LogisticRegression(max_iter=500, random_state=seed),
    )
    return _fitted(model, train, "logisticregression__sample_weight")


def _fitted(model: Classifier, train: Examples, weight_name: str = "sample_weight") -> Score:
    """A censored row counts twice: as one that held and as one that did not, by their shares."""
    label = soft_label(train, held_share(train))
    known = ~np.isnan(label)
    values, weight, label = matrix(train)[known], weights.of_rows(train)[known], label[known]
    twice = np.concatenate([values, values])
    answer = np.concatenate([np.ones(len(label)), np.zeros(len(label))])
    share = np.concatenate([weight * label, weight * (1 - label)])
    there = share > 0
    model.fit(twice[there], answer[there], **{weight_name: share[there]})
    return lambda examples: model.predict_proba(matrix(examples))[:, 1]
