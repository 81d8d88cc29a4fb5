"""Shared by the tests of servers: one undisturbed container, its time standing at zero."""

from collections.abc import Iterator

import pytest

from tests.simulators.process import Container, started


@pytest.fixture(scope="session")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """The reference container in lockstep. Tests only read it; who changes something starts their own."""
    with started(tmp_path_factory.mktemp("container"), "--clock", "lockstep", "--seed", "3") as running:
        yield running
