"""How training and evaluation are done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ml.learn.additive import Settings
from ml.learn.folder import Dataset
from ml.reading import Reader

Tell = Callable[[str, int, int], None]  # what is being done, done, of how many


@dataclass(frozen=True)
class Options:
    """How it is done. The same dataset and options give the same figures.

    `unseen`: another dataset, all of which is test. `truth`: what pairs were worth (`ml.learn.truth`), of the unseen
    dataset where there is one, else of the one at hand. `reader`: a judge who reads in the swap test, too.
    """

    seed: int = 7
    settings: Settings = field(default_factory=Settings)
    tell: Tell = lambda what, done, total: None
    unseen: Dataset | None = None
    truth: dict[tuple[str, str, str], float] | None = None
    reader: Reader | None = None

    def progress(self, what: str) -> Callable[[int, int], None]:
        """For one stage."""
        return lambda done, total: self.tell(what, done, total)
