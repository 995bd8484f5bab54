"""`manage.py encoder`: what stands in the way is one line that says what to do, and nothing is half-written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from safetensors.numpy import load_file, save_file

from ml import artifacts
from ml.language import bert, folders
from portal.cli import cli
from tests.ml.language import small

FEW = ("--steps", "1", "--rate", "1e-3")


def encoder(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["encoder", *(str(one) for one in arguments)])


def refused(done: Result, said: str) -> None:
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.output


@pytest.fixture(scope="module")
def untaught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.folder(tmp_path_factory.mktemp("small") / "model")


@pytest.fixture
def folder(untaught: Path, tmp_path: Path) -> Path:
    """A model folder of one's own."""
    folders.copy_encoder(untaught, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return lines(tmp_path / "texts.txt", small.texts()[:30])


def lines(path: Path, texts: list[str]) -> Path:
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def test_an_export_is_measured_and_sealed(folder: Path, texts: Path, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    with pairs.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((small.texts()[0], text, row) for row, text in enumerate(small.texts()[:9]))
    done = encoder("export", folder, "--texts", texts, "--similarity", pairs)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "cosine" in done.stdout
    assert "Spearman litert" in done.stdout
    assert artifacts.verify(folder, (folders.SERVED,)) == "model"


def test_an_export_that_cannot_be_measured_is_none(folder: Path, texts: Path, tmp_path: Path) -> None:
    refused(encoder("export", folder, "--texts", lines(tmp_path / "few.txt", ["uno", "dos"])), "2 texts")
    refused(encoder("export", folder, "--texts", texts, "--similarity", texts), "sentence, sentence, score")
    assert not (folder / folders.SERVED).exists()


def test_a_bank_without_needs(tmp_path: Path, texts: Path) -> None:
    (tmp_path / "bank").mkdir()
    refused(encoder("measure", "--concepts", tmp_path / "bank"), "no bank of needs")
    refused(encoder("finetune", "--concepts", tmp_path / "bank", "--general", texts, "--out", tmp_path / "out"),
            "no bank of needs")


def test_what_the_words_of_the_bank_ask_about_is_told() -> None:
    done = encoder("words", "--stories", 20)
    assert (done.exit_code, done.stderr) == (0, "")
    train, test, ordinary = done.stdout.splitlines()
    assert train.startswith("train ")
    assert test.startswith("test ")
    assert ordinary.startswith("20 ordinary stories: ")


def test_a_model_that_is_not_sealed_or_was_changed(folder: Path) -> None:
    refused(encoder("measure", "--folder", folder), "manifest.json cannot be read")
    (folder / folders.SERVED).write_bytes(b"of before")
    artifacts.write_manifest(folder, "small")
    (folder / folders.SERVED).write_bytes(b"of another")
    refused(encoder("measure", "--folder", folder), "was changed")


@pytest.mark.parametrize("count", [3, 16])
def test_too_few_general_sentences(folder: Path, tmp_path: Path, count: int) -> None:
    general = lines(tmp_path / "general.txt", small.texts()[:count])
    refused(encoder("finetune", "--from", folder, "--general", general, "--out", tmp_path / "out", *FEW), "too few")


@pytest.mark.parametrize(("content", "said"), [
    (b"only one text\n", "pairs.tsv:1"), (b"one\tuno\n", "1 pairs"), (b"\xff\n", "not UTF-8"),
])
def test_pairs_that_teach_nothing(folder: Path, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "pairs.tsv").write_bytes(content)
    refused(encoder("distill", "--from", folder, "--teacher", folder, "--pairs", tmp_path / "pairs.tsv",
                    "--out", tmp_path / "out", *FEW), said)


def distilled(folder: Path, out: Path, *more: object) -> Result:
    pairs = lines(out.parent / "pairs.tsv", [f"{text}\t{text}" for text in small.texts() * 3])
    return encoder("distill", "--from", folder, "--teacher", folder, "--pairs", pairs, "--out", out, *more)


def test_a_student_is_taught_and_another_plan_or_model_does_not_go_on(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert distilled(folder, out, *FEW).exit_code == 0
    assert (out / bert.WEIGHTS).exists()
    refused(distilled(folder, out, "--steps", 2), "another plan")
    refused(distilled(folder, out, "--steps", 2), "remove it, or teach into another folder")
    for part in (out / "work" / "student" / "last").glob("*.index"):
        part.write_bytes(b"")
    refused(distilled(folder, out, *FEW), "another model, or only a part of it")


def test_weights_of_another_model(folder: Path, tmp_path: Path) -> None:
    tensors = load_file(folder / bert.WEIGHTS)
    del tensors["encoder.layer.1.output.dense.bias"]
    save_file(tensors, folder / bert.WEIGHTS)
    refused(distilled(folder, tmp_path / "out", *FEW), "another model")
    (folder / bert.WEIGHTS).write_bytes(b"cut")
    refused(distilled(folder, tmp_path / "out", *FEW), "cut short")


def test_a_loss_that_is_no_number(folder: Path, tmp_path: Path) -> None:
    refused(distilled(folder, tmp_path / "out", "--steps", 3, "--rate", "1e38"), "a smaller rate may help")


def finetuned(folder: Path, out: Path, *more: object) -> Result:
    general = lines(out.parent / "general.txt", small.texts()[:40])
    return encoder("finetune", "--from", folder, "--general", general, "--out", out, *FEW, *more)


def test_decisions_teach_alone_and_what_it_gained_is_told(folder: Path, tmp_path: Path) -> None:
    market, out = small.market(tmp_path / "market"), tmp_path / "out"
    done = finetuned(folder, out, "--alone", "--decisions", market)
    assert done.exit_code == 0, done.output
    assert "did not consent to training" in done.stderr
    assert "lists never learned from" in done.stdout
    assert "gained" in done.stdout
    assert (out / bert.WEIGHTS).exists()


def test_decisions_that_do_not_suffice(folder: Path, tmp_path: Path) -> None:
    refused(finetuned(folder, tmp_path / "out", "--decisions", folder), "decisions.csv: cannot be read")
    few = small.market(tmp_path / "few", families=20)
    refused(finetuned(folder, tmp_path / "out", "--decisions", few), "families")
    silent = small.market(tmp_path / "silent")
    needs = silent / "families_data.csv"
    needs.write_text(small.column(needs.read_text(encoding="utf-8"), "consent_training", "no"), encoding="utf-8")
    refused(finetuned(folder, tmp_path / "out", "--decisions", silent), "consented to training")
    assert not (tmp_path / "out").exists()


def test_alone_needs_decisions(folder: Path, tmp_path: Path) -> None:
    done = finetuned(folder, tmp_path / "out", "--alone")
    assert done.exit_code == 2
    assert "--alone needs --decisions" in done.stderr
