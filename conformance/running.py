"""Running a campaign as a pytest session, and saying how it ended."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.campaign import Campaign, unknown_signer
from conformance.plugin import CAMPAIGN
from conformance.summary import summary
from profiles.refusal import Refusal
from reports.sealing.certificates import Signer
from reports.sealing.keys import load_signer


class _Given:
    """Hands a campaign that is already open to the plugin."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[CAMPAIGN] = self._campaign


class _Mute:
    """Takes pytest's own reporter away, after every plugin has found it."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            config.pluginmanager.unregister(reporter)


def run_items(campaign: Campaign, make_signer: Callable[[], Signer]) -> None:
    """Every item of the plan, in one pytest session; the campaign is closed and sealed at its end."""
    campaign.signer = make_signer
    folder = campaign.folder.root
    # Nothing but our own plugin: what a foreign one or a conftest.py nearby would do is not part of the evidence.
    alone = ["--disable-plugin-autoload", "--noconftest", "-c", os.devnull, "-p", "conformance.plugin"]
    switches = [*alone, "-p", "no:cacheprovider", "-p", "no:logging", "--capture=no"]
    places = [f"--junit-xml={folder / 'junit.xml'}", "--rootdir", str(folder)]
    pytest.main([*switches, *places], plugins=[_Given(campaign), _Mute()])


def conclude(campaign: Campaign) -> int:
    """Print the conclusion and where everything is; the exit code."""
    print("", *summary(campaign), sep="\n", flush=True)
    return campaign.judgement().exit_code


def signer_of(key: str | None, chain: Path | None, passphrase: str | None) -> Callable[[], Signer]:
    """The signer for --sign and --certificate; a throw-away one without them."""
    if (key is None) != (chain is None):
        raise Refusal("--sign and --certificate", "one is given without the other", "give both, or neither")
    if key is None or chain is None:
        return unknown_signer
    signer = load_signer(key, chain, passphrase)
    return lambda: signer
