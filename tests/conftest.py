"""What every test of the portal stands on: an application on a database of its own, with two NGOs."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests import ground
from tests.ground import Files, Ground, Ngo

# Loaded after TensorFlow, CP-SAT ends the process. No process of the product holds both; one of the tests may.
importlib.import_module("ortools.sat.python.cp_model")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgresql"), default="sqlite", help="what the portal's tests run on"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "drill: kills processes of a throw-away installation, for some minutes")


@pytest.fixture(scope="session")
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """The template of this worker process."""
    folder = tmp_path_factory.mktemp("ground")
    if request.config.getoption("--database") == "sqlite":
        yield Ground.build(Files(folder), folder)
        return
    with ground.cluster(tmp_path_factory.mktemp("pg")) as cluster:
        yield Ground.build(cluster, folder)


@pytest.fixture
def app(prepared: Ground, tmp_path: Path) -> Iterator[Flask]:
    """Outside an application context: each request of a browser has its own."""
    with prepared.app(tmp_path) as app:
        yield app


@pytest.fixture
def semilla(app: Flask) -> Ngo:
    return ground.ngo(app, "semilla")


@pytest.fixture
def wasi(app: Flask) -> Ngo:
    return ground.ngo(app, "wasi")
