"""Readers of both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.commands import translations
from portal.views.language import LOCALES
from tests.ground import Ground

In = Callable[[str], Iterator[None]]


@pytest.fixture(scope="session")
def dictionary(prepared: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application for all these tests: words change nothing in it."""
    translations.compile_all()
    with prepared.app(tmp_path_factory.mktemp("words")) as app:
        yield app


@pytest.fixture
def reading(dictionary: Flask) -> In:
    """`with reading("en"):` words come as that reader gets them."""

    @contextmanager
    def within(language: str) -> Iterator[None]:
        with dictionary.test_request_context(), force_locale(LOCALES[language]):
            yield

    return within
