"""A model folder: what belongs in it, and how a taught model becomes one that serves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ml import artifacts
from ml.encoder import Encoder, Engine, tokenizer_in
from ml.engine_litert import LiteRT
from ml.engine_tensorflow import TensorFlow
from ml.language import bert, export, measures
from ml.language.export import Parity
from ml.language.judging import Taught

COPIED = ("config.json", "tokenizer.json")
SERVED, JUDGED = "model.int8.tflite", "judge.int8.tflite"


def write_encoder(model: bert.Bert, source: Path, folder: Path) -> None:
    """The weights of a taught encoder in a folder of its own, with what it shares with the one it began as."""
    _begin(source, folder)
    bert.save(model, folder / bert.WEIGHTS)


def copy_encoder(source: Path, folder: Path) -> None:
    """The encoder of one folder in another."""
    _begin(source, folder)
    shutil.copy(source / bert.WEIGHTS, folder / bert.WEIGHTS)


def write_judge(taught: Taught, folder: Path) -> None:
    """A taught judge beside the encoder it began as, and what it needs to be asked rightly."""
    bert.save(taught.model, folder / "judge.safetensors")
    about = {
        "scaling": {part: getattr(taught.scaling, part).tolist() for part in ("weights", "shifts")},
        "says": taught.says,
        "looks": {side: getattr(taught.looks, side).tolist() for side in ("need", "offer")},
    }
    (folder / "judge.json").write_text(json.dumps(about) + "\n", encoding="utf-8")


def export_encoder(folder: Path, texts: Sequence[str], similarity: Path | None) -> tuple[Parity, dict[str, float]]:
    """Write the int8 encoder of a folder, if it does what the float32 one does.

    Returned are the parity on `texts` and the similarity file's Spearman of both. ExportError where it does something
    else, ValueError where that cannot be told: what was in the folder before is there still.
    """
    with _placed(folder, SERVED) as part:
        model = bert.encoder(folder)
        export.to_litert(model, part)
        tokenizer, width = tokenizer_in(folder), model.norm.gamma.shape[0]
        tokenizer.no_padding()
        tokenizer.no_truncation()
        engines: dict[str, Engine] = {"tensorflow": TensorFlow(model), "litert": LiteRT(part)}
        encode = {name: Encoder(tokenizer, engine, name, width).encode for name, engine in engines.items()}
        found = export.parity(encode["tensorflow"](texts), encode["litert"](texts))
        scores = {name: measures.similarity_file(similarity, one)[0] for name, one in encode.items() if similarity}
        export.gate(found, scores["tensorflow"] - scores["litert"] if scores else None)
    return found, scores


def export_judge(folder: Path) -> None:
    """Write the int8 judge of a folder."""
    with _placed(folder, JUDGED) as part:
        export.to_litert(bert.judge(folder), part)


@contextmanager
def _placed(folder: Path, name: str) -> Iterator[Path]:
    """A file beside, which takes its place and is sealed once the block ends well; else what was there stays."""
    part = folder / f"{name}.part"
    try:
        yield part
        part.replace(folder / name)
    finally:
        part.unlink(missing_ok=True)
    _seal(folder)


def _seal(folder: Path) -> None:
    """The manifest anew, under the version it had; a new folder's version is its name."""
    path = folder / artifacts.MANIFEST
    known = json.loads(path.read_text(encoding="utf-8"))["version"] if path.exists() else folder.name
    artifacts.write_manifest(folder, known)


def _begin(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        if not (folder / name).exists():
            shutil.copy(source / name, folder / name)
