"""`manage.py bench`: the figures of the README, each measured beside its peer in one run."""

from __future__ import annotations

from importlib import import_module

import click

BENCHES = {
    "assign": "Plans of 1,000 to 1,000,000 families, beside SciPy, lap, NetworkX, matching, HiGHS and CP-SAT.",
    "encoder": "Encoding texts, beside ONNX Runtime on the same weights, TensorFlow and USE multilingual.",
    "rank": "Rules, score and cut of a family over 1,000 to 100,000 providers, beside pandas.",
    "scale": "From the files to the plan, 10,000 to 1,000,000 families: time and memory of each stage.",
    "web": "Pages of an NGO with 20,000 families, for one person and for 150.",
}


class Benches(click.Group):
    """The benches by name. They live beside the tests, with their peers: no part of the product needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(BENCHES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return import_module(f"tests.bench.{name}").bench if name in BENCHES else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Benches"):
            formatter.write_dl(list(BENCHES.items()))


@click.group(cls=Benches)
def bench() -> None:
    """Measure the portal and the matcher, side by side with what people would use instead."""
