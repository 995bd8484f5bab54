"""Training that can be killed: a step's batch follows from seed and step alone, and checkpoints keep the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

Batch = tuple[Any, ...]
ANEW = "remove it, or teach into another folder"
Say = Callable[[int, int, str], None]  # (step, of how many, what is worth saying)


@dataclass(frozen=True)
class Plan:
    """How long and how fast: the rate rises over `warmup` steps and falls as a cosine.

    `check_every` steps the model is measured and kept; after `patience` checks without a better one it ends.
    `data`: the hash of what may change between a kill and the next run; a run does not go on with other data.
    """

    steps: int
    rate: float
    seed: int = 7
    warmup: int = 50
    check_every: int = 100
    patience: int = 5
    decay: float = 0.01
    data: str = ""

    def rng(self, step: int) -> np.random.Generator:
        """The dice of one step."""
        return np.random.default_rng([self.seed, step])


@dataclass(frozen=True)
class Desk:
    """Where checkpoints are kept, and who is told how far it is."""

    folder: Path
    say: Say


@dataclass(frozen=True)
class Task:
    """What is learned: the batch of a step, its loss, and a measure of the model, higher is better."""

    model: keras.Model
    batch: Callable[[int], Batch]
    loss: Callable[[Batch], Any]
    measure: Callable[[], float]
    signature: tuple[tf.TensorSpec, ...]


def compute_in(half: bool) -> None:
    """How models made from now on compute: in bfloat16, which is faster where it is built in, or in float32."""
    keras.mixed_precision.set_global_policy("mixed_bfloat16" if half else "float32")


def run(task: Task, plan: Plan, desk: Desk) -> float:
    """Train, and leave the model at its best measure, which is returned. A killed run goes on where it was."""
    optimizer = keras.optimizers.AdamW(_rate(plan), weight_decay=plan.decay, clipnorm=1.0)
    optimizer.build(task.model.trainable_variables)
    kept = _Kept(desk.folder, _checkpoint(task.model, optimizer))
    state = kept.resume(plan)
    step = tf.function(lambda *batch: _step(task, optimizer, batch), input_signature=task.signature)
    for number in range(state["step"], plan.steps):
        if state["stale"] >= plan.patience:
            break
        loss = float(step(*task.batch(number)))
        if not np.isfinite(loss):
            raise FloatingPointError(f"the loss is {loss} at step {number}: a smaller rate may help")
        desk.say(number + 1, plan.steps, f"loss {loss:.3f}, best {state['best']:.4f}")
        if (number + 1) % plan.check_every == 0 or number + 1 == plan.steps:
            state = kept.check(state, number + 1, task.measure())
    kept.back_to_best()
    return float(state["best"])


def _checkpoint(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> tf.train.Checkpoint:
    """Every variable by its place. The layers in a list of a Keras model are not found by the checkpoint itself."""
    found = {"weight": model.weights, "state": optimizer.variables}
    return tf.train.Checkpoint(**{
        f"{kind}_{place}": variable.value for kind, held in found.items() for place, variable in enumerate(held)
    })


def _step(task: Task, optimizer: keras.optimizers.Optimizer, batch: Batch) -> Any:
    with tf.GradientTape() as tape:
        loss = task.loss(batch)
    variables = task.model.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


def _rate(plan: Plan) -> Any:
    rest = max(plan.steps - plan.warmup, 1)
    return keras.optimizers.schedules.CosineDecay(
        plan.rate / 100, rest, alpha=0.05, warmup_target=plan.rate, warmup_steps=plan.warmup
    )


class _Kept:
    """The last state and the best one, on disk."""

    def __init__(self, folder: Path, checkpoint: tf.train.Checkpoint) -> None:
        self.folder, self.checkpoint = folder, checkpoint
        self.last = tf.train.CheckpointManager(checkpoint, str(folder / "last"), max_to_keep=2)
        self.best = tf.train.CheckpointManager(checkpoint, str(folder / "best"), max_to_keep=1)

    def resume(self, plan: Plan) -> dict[str, Any]:
        """Where the run was. A folder of another plan or model raises ValueError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "state.json"
        if not path.exists():
            return {"step": 0, "best": -np.inf, "stale": 0, "plan": asdict(plan)}
        state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if state["plan"] != asdict(plan):
            raise ValueError(f"{self.folder} holds a run of another plan, {state['plan']}: {ANEW}")
        try:
            self.checkpoint.restore(state["checkpoint"]).assert_consumed()
        except (AssertionError, ValueError, tf.errors.OpError) as error:
            raise ValueError(f"{self.folder} holds a run of another model, or only a part of it: {ANEW}") from error
        return state

    def check(self, state: dict[str, Any], step: int, measured: float) -> dict[str, Any]:
        better = measured > state["best"]
        if better:
            self.best.save()
        saved = self.last.save()
        state = {**state, "step": step, "best": max(measured, state["best"]), "checkpoint": saved,
                 "stale": 0 if better else state["stale"] + 1}
        part = self.folder / "state.json.part"
        part.write_text(json.dumps(state), encoding="utf-8")
        part.replace(self.folder / "state.json")
        return state

    def back_to_best(self) -> None:
        if self.best.latest_checkpoint:
            self.checkpoint.restore(self.best.latest_checkpoint).assert_consumed()
