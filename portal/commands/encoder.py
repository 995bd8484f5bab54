"""`manage.py encoder`: teach the encoder and its judge, export them, and measure what they understand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import Progress, TextColumn

from ml import artifacts, bank, synth
from ml.artifacts import ArtifactError
from ml.bank import Concept
from ml.encoder import LONGEST, Encoder
from ml.frames import Floats
from ml.judge import ANSWERS, REFUSES, UNRELATED, VERDICTS, Judge
from ml.language import (
    bert,
    chips,
    decided,
    distill,
    finetune,
    folders,
    judging,
    lessons,
    measures,
    saying,
    trainer,
    whole,
)
from ml.language.decided import Decided
from ml.language.export import ExportError
from ml.language.tokens import Tokens
from ml.language.trainer import Desk, Plan
from ml.learn.faults import LearnError
from ml.learn.places import Places
from ml.synthetic import grammar
from ml.synthetic.places import District
from ml.tables import TableError
from portal import places
from portal.commands import faults

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
READ = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW = click.Path(file_okay=False, path_type=Path)
QUIET = 400  # families, and as many providers, whose ordinary sentences are read
TOLD = {
    "ordinary": "ordinary sentences", "answers": "who answers", "refusals": "who refuses",
    "others": "who refuses another need", "strangers": "who answers another need",
    "silent": "who is silent on it",
}
OF_TEXTS = {"refusals": REFUSES, "answers": ANSWERS, "silent": UNRELATED}  # providers of whole texts
STORIES = 300  # of whole texts, each with its providers
CONSOLE = Console(stderr=True)
told = faults.in_one_line(ValueError, ArtifactError, ExportError, FloatingPointError, LearnError, TableError)


@click.group()
def encoder() -> None:
    """Teach, export and measure the encoder and its judge. Runs that were killed go on where they were."""


@encoder.command()
@click.option("--folder", type=FOLDER, default=artifacts.SHIPPED, help="The model folder (the shipped one).")
@click.option("--concepts", type=FOLDER, default=bank.FOLDER, help="The bank of needs.")
@click.option("--similarity", type=READ, help="CSV of sentence, sentence, score: general Spanish, by Spearman.")
@click.option("--draws", default=10, show_default=True, type=click.IntRange(1))
@told
def measure(folder: Path, concepts: Path, similarity: Path | None, draws: int) -> None:
    """Find among 60 who answers a need in other words; beat who shares its words and refuses."""
    known, served = bank.load(concepts), Encoder.load(folder)
    near = measures.cosine_of(served.encode)
    scores = {"encoder": near}
    judge = Judge.load(folder) if Judge.is_in(folder) else None
    if judge is not None:
        scores["list"] = saying.ranked(near, saying.remembered(saying.beside(near, judge.shares)), judge.says)
    for name, score in scores.items():
        for split in bank.SPLITS:
            found = measures.hidden_needs(bank.of_split(known, split), score, draws)
            click.echo(f"{name:8} {split:6} {_line(found)}")
    if judge is not None:
        _told(judge, served, known)
    if similarity:
        kept, low, high = measures.similarity_file(similarity, served.encode)
        click.echo(f"{'encoder':8} general Spearman {kept:.4f} ({low:.4f}-{high:.4f})")


@encoder.command("words")
@click.option("--stories", default=2000, show_default=True, type=click.IntRange(2), help="Ordinary ones, made up.")
@told
def words_command(stories: int) -> None:
    """How often the bank's words ask about a need of the form that a story tells, and about one that it does not."""
    known = bank.load()
    for split in bank.SPLITS:
        found = chips.asked(bank.of_split(known, split))
        share, low, high = found.right
        click.echo(f"{split:6} {found.concepts} concepts of the form: asked {share:.1%} ({low:.1%}-{high:.1%}), "
                   f"and named {found.named:.1%}, as another {found.misnamed:.1%}; of all others {found.falsely:.1%}")
    made_up = (synth.quiet_stories(_made_up(stories // 2, phrases), _peru()) for phrases in grammar.NAMES)
    quiet = [story for told in made_up for story in told]
    click.echo(f"{len(quiet)} ordinary stories: {chips.falsely(quiet):.2%}")


def _told(judge: Judge, served: Encoder, known: tuple[Concept, ...]) -> None:
    """What the judge makes of whole texts, and how often it says what it may say of single pairs, and of what."""
    moves = (f"{verdict} ({f'told from {clear}' if clear < saying.NEVER else 'never told'})"
             for verdict, clear in judge.says.items())
    click.echo(f"{'judge':8} moves the order by: {', '.join(moves) or 'nothing'}")
    shares = saying.beside(measures.cosine_of(served.encode), judge.shares)
    for split in bank.SPLITS:
        mine, ordinary = bank.of_split(known, split), _ordinary(split)
        if judge.looks is not None:
            _of_texts(judge, lessons.Book(mine, ordinary=ordinary), whole.Eyes(served.encode, judge.looks), split)
        found = saying.shares_of(shares, saying.pairs(mine, ordinary, np.random.default_rng(7)))
        for verdict, clear in saying.told(judge.says).items():
            alarms = saying.said(found, VERDICTS.index(verdict), clear)
            click.echo(f"{'judge':8} {split:6} tells {verdict} of pairs: " + ", ".join(
                f"{TOLD[kind]} {share:.1%}" for kind, share in alarms.items()))


def _of_texts(judge: Judge, book: lessons.Book, eyes: whole.Eyes, split: str) -> None:
    read = whole.read(book.concepts, whole.texts(book, STORIES, np.random.default_rng(7)), eyes)
    shares = judge.shares(read.needs, read.offers, read.cosines.tolist())
    highest = read.highest(shares)
    used = {VERDICTS.index(verdict) for verdict in judge.says}
    orders = (saying.order(read, highest, verdicts) for verdicts in (set(), used))
    told = ", ".join(
        f"{verdict} of {TOLD[kind]} {(highest[read.stance == row, VERDICTS.index(verdict)] >= clear).mean():.1%}"
        for verdict, clear in saying.told(judge.says).items() for kind, row in OF_TEXTS.items())
    click.echo(f"{'judge':8} {split:6} of whole texts {' then '.join(f'{one:.1%}' for one in orders)} "
               f"in the right order; tells {told or 'nothing'}")


def _line(found: measures.Hidden) -> str:
    parts = (("MRR", found.mrr), ("first", found.first), ("refusals beaten", found.traps))
    figures = ", ".join(f"{name} {mean:.3f} ({low:.3f}-{high:.3f})" for name, (mean, low, high) in parts)
    return f"{found.concepts} concepts: {figures}"


def _half(_ctx: click.Context, _option: click.Parameter, half: bool) -> None:
    trainer.compute_in(half)


def planned(command: Any) -> Any:
    """The options of every run that teaches."""
    for option in (
        click.option("--from", "source", type=FOLDER, default=artifacts.SHIPPED, help="Where it begins."),
        click.option("--out", required=True, type=NEW, help="The new model folder."),
        click.option("--steps", default=1500, show_default=True, type=click.IntRange(1)),
        click.option("--rate", default=2e-4, show_default=True, type=float),
        click.option("--seed", default=7, show_default=True, type=int),
        click.option("--half", is_flag=True, expose_value=False, is_eager=True, callback=_half,
                     help="Compute in bfloat16: 1.5 times as fast on two cores."),
    ):
        command = option(command)
    return command


@encoder.command("finetune")
@planned
@click.option("--concepts", type=FOLDER, default=bank.FOLDER, help="The bank of needs.")
@click.option("--decisions", type=FOLDER, help="A training folder, as `train` takes it: its decisions teach too.")
@click.option("--alone", is_flag=True, help="Learn from --decisions alone, without the bank of needs.")
@click.option("--general", required=True, type=READ, help="Sentences, one a line, whose vectors shall stay.")
@click.option("--keep", default=finetune.Lesson.keep, show_default=True, type=float, help="How hard they are held.")
@click.option("--share", default=1.0, show_default=True, type=click.FloatRange(0, 1),
              help="How far the weights go from where they began to where they were taught.")
@told
def finetune_command(source: Path, out: Path, general: Path, **options: Any) -> None:
    """Teach the encoder, contrastively: on the bank's training concepts, on decisions, or on both.

    Of --decisions only families that consented to training teach: a story and who was approved for it are a pair, who
    was shown beside and set aside is the hard negative. Families are held back as `train` does with the same --seed:
    some end the training, others tell at last how much nearer those approved came.
    """
    share, concepts, alone = (options.pop(name) for name in ("share", "concepts", "alone"))
    known = _decided(options.pop("decisions"), options["seed"])
    if alone and known is None:
        raise click.UsageError("--alone needs --decisions")
    taught_by = () if alone else bank.load(concepts)
    lesson = finetune.Lesson(taught_by, _sentences(general), known, keep=options.pop("keep"))
    with _watched(out, "encoder") as desk:
        model = finetune.teach(source, lesson, Plan(**options, data=known.data if known else ""), desk)
    trainer.compute_in(half=False)
    kept = bert.encoder(source)
    ranks = _ranks(known, kept, source)
    finetune.blend(kept, model, share)
    folders.write_encoder(kept, source, out)
    if known is not None:
        _say_gain(known, (ranks, _ranks(known, kept, source)), options["seed"])
        faults.unusable(known.bad)


def _decided(folder: Path | None, seed: int) -> Decided | None:
    if folder is None:
        return None
    known = Places(places.centres(), places.areas())
    return decided.read(folder, seed, known, lambda line: click.echo(line, err=True))


def _ranks(known: Decided | None, model: bert.Bert, source: Path) -> Floats:
    """(l,) of the lists that nothing was learned from and nothing was ended by."""
    if known is None:
        return np.zeros(0)
    run = finetune.encoding(model, Tokens.load(source, LONGEST))
    return decided.reciprocal_ranks(known, known.test, run)


def _say_gain(known: Decided, ranks: tuple[Floats, Floats], seed: int) -> None:
    before, after, gained = (f"{one.value:.3f} ({one.low:.3f}-{one.high:.3f})"
                             for one in decided.compared(known.test, *ranks, seed))
    click.echo(f"MRR of who was approved among who was set aside, {len(known.test)} lists never learned from: "
               f"{before} before, {after} after, gained {gained}")


@encoder.command("judge")
@planned
@click.option("--concepts", type=FOLDER, default=bank.FOLDER, help="The bank of needs.")
@told
def judge_command(source: Path, out: Path, concepts: Path, **options: Any) -> None:
    """Teach the judge of sentence pairs, beside the encoder in --out (or a copy of the one it begins as)."""
    ordinary = _ordinary("train")
    if not (out / "model.safetensors").exists():
        folders.copy_encoder(source, out)
    with _watched(out, "judge") as desk:
        taught = judging.teach(source, judging.Lesson(bank.load(concepts), ordinary), Plan(**options), desk)
    folders.write_judge(taught, out)


@encoder.command("distill")
@planned
@click.option("--teacher", required=True, type=FOLDER, help="Any BERT folder of the same width.")
@click.option("--pairs", required=True, type=READ, help="TSV: a sentence for the teacher, the same for the student.")
@told
def distill_command(source: Path, out: Path, teacher: Path, pairs: Path, **plan: Any) -> None:
    """Teach a student from a teacher and sentence pairs."""
    with _watched(out, "student") as desk:
        model = distill.teach(source, teacher, distill.read_pairs(pairs), Plan(**plan), desk)
    folders.write_encoder(model, source, out)


@encoder.command("export")
@click.argument("folder", type=FOLDER)
@click.option("--texts", required=True, type=READ, help="Sentences, one a line, both engines are compared on.")
@click.option("--similarity", type=READ, help="CSV of sentence, sentence, score.")
@told
def export_command(folder: Path, texts: Path, similarity: Path | None) -> None:
    """Write the int8 models of FOLDER, unless they do something else than the float32 ones."""
    found, scores = folders.export_encoder(folder, _sentences(texts), similarity)
    if (folder / "judge.safetensors").exists():
        folders.export_judge(folder)
    figures = {**asdict(found), **{f"Spearman {name}": round(score, 4) for name, score in scores.items()}}
    click.echo(", ".join(f"{name} {value}" for name, value in figures.items()))


def _ordinary(phrases: str) -> lessons.Ordinary:
    """What families and providers of a made-up population say that is no need and answers none."""
    found = synth.quiet(_made_up(QUIET, phrases), _peru())
    return lessons.Ordinary(found.stories, found.profiles)


def _made_up(size: int, phrases: str) -> synth.Settings:
    """So many families and as many providers."""
    return synth.Settings(size, size, seed=7, grammar=phrases)


def _peru() -> list[District]:
    return [District(one.code, one.latitude, one.longitude, one.population) for one in places.districts().values()]


def _sentences(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name}: not UTF-8 (byte {error.start + 1})") from error
    return [line.strip() for line in lines if line.strip()]


@contextmanager
def _watched(out: Path, what: str) -> Iterator[Desk]:
    """A progress bar over a run."""
    columns = (*Progress.get_default_columns(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, console=CONSOLE) as bar:
        task = bar.add_task(what, total=None, told="")

        def say(done: int, total: int, told: str) -> None:
            bar.update(task, completed=done, total=total, told=told)

        yield Desk(out / "work" / what, say)
