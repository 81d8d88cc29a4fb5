"""Generated examples: the same in every run of the suite, new ones in the slow checks. Net-SNMP at home. What
stands to the end is no garbage."""

import gc
import os

import pytest
from hypothesis import settings

# How long one example takes says more about a busy machine than about the property.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("exploring", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("EXAMPLES", "repeatable"))


@pytest.fixture(scope="session", autouse=True)
def home_of_net_snmp(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A folder in which Net-SNMP's programs find what they would else make, and tell of in the middle of an answer."""
    folder = tmp_path_factory.mktemp("net-snmp")
    (folder / "cert_indexes").mkdir()
    os.environ["SNMP_PERSISTENT_DIR"] = str(folder)


def pytest_collection_finish() -> None:
    """Thousands of tests stand to the end: they need not be looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
