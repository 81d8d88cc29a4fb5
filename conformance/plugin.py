"""The pytest plugin: a campaign as a pytest session, one item per requirement and equipment.

It does nothing unless `--profile` is given:

    pytest --profile smoke --bench lab.yaml -k PWR

A procedure runs once, when its first item comes up; the items that share it are then judged one by one.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.campaign import Campaign
    from conformance.plan import Item

CAMPAIGN: "pytest.StashKey[Campaign]" = pytest.StashKey()


class NotConformant(Exception):
    """The verdict of an item that did not pass, for pytest's own report."""


class RequirementItem(pytest.Item):
    """One requirement on one piece of equipment."""

    def __init__(self, *, item: "Item", campaign: "Campaign", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.planned, self._campaign = item, campaign
        self.add_marker(campaign.domain_of(item.requirement))
        self.user_properties = [("requirement", item.requirement), ("equipment", item.equipment or "")]

    def runtest(self) -> None:
        self._campaign.ensure(self.planned.procedure)
        verdict = self._campaign.verdict(self.planned)
        self.user_properties += [("verdict", verdict.verdict.value), ("status", verdict.status.value)]
        self._campaign.watcher.judged(verdict)
        word = verdict.verdict.value
        if word == "not-applicable":
            pytest.skip(verdict.reason["en"])
        if word != "pass":
            raise NotConformant(f"{word}: {verdict.reason['en']}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, NotConformant):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        return self.path, None, f"{self.planned.procedure}: {self.name}"


class ProcedureNode(pytest.Collector):
    """The items of one procedure."""

    def __init__(self, *, campaign: "Campaign", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._campaign = campaign

    def collect(self) -> Iterator[RequirementItem]:
        for item in self._campaign.plan.items:
            if item.procedure == self.name:
                # Said here, so that the equipment in brackets is read as pytest reads it back for --lf.
                nodeid = f"{self.nodeid}::{item.name}"
                yield RequirementItem.from_parent(
                    self, name=item.name, nodeid=nodeid, item=item, campaign=self._campaign
                )


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "conformance of a micro data centre")
    group.addoption("--profile", help="judge this profile instead of collecting tests")
    group.addoption("--bench", help="the bench file; without it the bundled simulated container is started")
    group.addoption("--output", default="out", help="where runs and bundles are written (default out)")
    group.addoption("--arm", help="allow actuations on the bench of this name")


def pytest_configure(config: pytest.Config) -> None:
    if CAMPAIGN not in config.stash and config.getoption("--profile", None):
        from conformance.campaign import open_campaign

        config.stash[CAMPAIGN] = open_campaign(
            config.getoption("--profile"),
            bench=config.getoption("--bench"),
            output=config.getoption("--output"),
            arm=config.getoption("--arm"),
        )
    if campaign := config.stash.get(CAMPAIGN, None):
        for domain in campaign.domains:
            config.addinivalue_line("markers", f"{domain}: requirements of this domain")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> bool | None:
    """Collect the plan's items in place of test files."""
    campaign = session.config.stash.get(CAMPAIGN, None)
    if campaign is None:
        return None
    session.items = []
    hook = session.config.hook
    for procedure in campaign.plan.procedures:
        node = ProcedureNode.from_parent(session, name=procedure.name, nodeid=procedure.name, campaign=campaign)
        items = list(node.collect())
        hook.pytest_collectreport(report=pytest.CollectReport(node.nodeid, "passed", None, [*items]))
        session.items.extend(items)
    hook.pytest_collection_modifyitems(session=session, config=session.config, items=session.items)
    session.testscollected = len(session.items)
    hook.pytest_collection_finish(session=session)
    return True


def pytest_sessionfinish(session: pytest.Session) -> None:
    campaign = session.config.stash.get(CAMPAIGN, None)
    if campaign is not None:
        campaign.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    campaign = config.stash.get(CAMPAIGN, None)
    if campaign is not None:
        from conformance.summary import summary

        for line in summary(campaign):
            terminalreporter.line(line)
