"""A small model folder and a small bank, so that teaching takes seconds."""

from __future__ import annotations

import json
from pathlib import Path

import keras
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from ml.bank import Concept
from ml.language import bert

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
