"""A PostgreSQL of a module's own, to be stopped or narrowed: other tests would be disturbed. Import both fixtures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import ground
from tests.ground import Cluster, Ground


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The server."""
    with ground.cluster(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture(scope="module")
def prepared(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Its databases."""
    return Ground.build(cluster, tmp_path_factory.mktemp("ground"))
