"""A small model folder and a small bank, so that teaching takes seconds."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import keras
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from ml import schema
from ml.bank import Concept
from ml.language import bert
from tests.ml import population
from tests.ml.learn import market as priced

THINGS = (
    "sonda", "perro", "leche", "siesta", "silla", "quechua", "inhalador", "pañal", "cuento", "huerta", "música",
    "lluvia", "lentes", "oxígeno", "gato", "pelota", "tablero", "moto", "sopa", "manta", "yeso", "dieta", "baile",
    "jarabe",
)
CONFIG = {
    "hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 64, "num_hidden_layers": 2,
    "layer_norm_eps": 1e-12, "max_position_embeddings": 128, "type_vocab_size": 2,
}


def bank() -> tuple[Concept, ...]:
    """Concepts whose answers share a second word with the need, and whose refusals share the first."""
    return tuple(_concept(number, thing) for number, thing in enumerate(THINGS))


def _concept(number: int, thing: str) -> Concept:
    ways = ("en casa", "de noche", "cada día", "en la tarde", "con calma", "a diario")
    return Concept(
        f"need_{number:02d}", "test" if number % 6 == 5 else "train", thing, thing,
        need=tuple(f"mi hija necesita {thing} {way}" for way in ways),
        answers=tuple(f"sé de {thing} y ayudo {way}" for way in ways),
        refuses=tuple(f"con {thing} no recibo {way}" for way in ways),
    )


def texts() -> list[str]:
    return [one for concept in bank() for side in (concept.need, concept.answers, concept.refuses) for one in side]


def folder(path: Path) -> Path:
    """An untaught encoder with a vocabulary of its own."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(texts(), trainers.WordPieceTrainer(vocab_size=400, special_tokens=marks))
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    path.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(path / "tokenizer.json"))
    config = {**CONFIG, "vocab_size": tokenizer.get_vocab_size()}
    (path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    keras.utils.set_random_seed(3)
    bert.save(bert.fresh_encoder(path), path / bert.WEIGHTS)
    return path


CANARY = "zarigüeya"  # a word of those who did not consent
ASKED, OFFERED = ("perro", "gato", "cuento", "huerta", "música", "lluvia"), (
    "pelota", "sopa", "manta", "moto", "baile", "tablero")  # who offers the one answers who asks for the other


def market(path: Path, families: int = 160, providers: int = 48) -> Path:
    """A training folder where words decide: approved is who offers what answers the story, in a word of its own.

    One family in twenty did not consent; one approval in nine failed, as many have no end yet.
    """
    priced.folder(path, families, providers)
    needs, offers = rows(path / "families_data.csv"), rows(path / "providers_data.csv")
    for place, row in enumerate(needs):
        silent = f" tengo una {CANARY} en casa." if row["consent_training"] == "no" else ""
        row["story"] = (f"mi hija necesita {ASKED[place % 6]} de noche. me llamo Rosa Quispe y vivo con calma. "
                        f"mi número es 999888777, cada día {place}.{silent}")
    for place, row in enumerate(offers):
        row["name"] = "Hogar Quintanilla"
        row["profile"] = f"sé de {OFFERED[place % 6]} y ayudo en la tarde. somos Quintanilla."
    said = {row["provider_ref"]: place % 6 for place, row in enumerate(offers)}
    asked = {row["family_ref"]: place % 6 for place, row in enumerate(needs)}
    decided = rows(path / "decisions.csv")
    for place, row in enumerate(decided):
        yes = said[row["provider_ref"]] == asked[row["family_ref"]]
        row |= {"approved": "yes" if yes else "no", "held": ("no", "", *["yes"] * 7)[place % 9] if yes else ""}
    population.save(path / "families_data.csv", needs, list(schema.FAMILIES))
    population.save(path / "providers_data.csv", offers, list(schema.PROVIDERS))
    population.save(path / "decisions.csv", decided, list(schema.DECISIONS))
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def silent(path: Path) -> set[str]:
    """The families that did not consent."""
    return {row["family_ref"] for row in rows(path / "families_data.csv") if row["consent_training"] == "no"}


def column(text: str, name: str, value: str) -> str:
    """A table with one value in every row of a column."""
    found, told = list(csv.DictReader(io.StringIO(text))), io.StringIO()
    writer = csv.DictWriter(told, fieldnames=list(found[0]))
    writer.writeheader()
    writer.writerows({**row, name: value} for row in found)
    return told.getvalue()
