"""Shared by all tests: a repeatable Hypothesis under CI, no display, and one Chromium."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")

_SLOW = [HealthCheck.too_slow]
settings.register_profile("default", deadline=None, suppress_health_check=_SLOW)
settings.register_profile("ci", deadline=None, suppress_health_check=_SLOW, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return two processes for the whole suite; one where tests are named, or are the long ones."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if not whole or config.option.markexpr == "long":
        return 0
    config.option.dist = "worksteal"
    return min(2, os.cpu_count() or 1)


# Folders and files whose tests hardly need the compiled loop.
WITHOUT_LOOP = ("catalogue", "words", "test_style.py", "test_layout.py", "test_names.py", "tools")
TESTS = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the second of two processes begin where no loop is needed: only the first compiles it.

    Each begins with its own half of the items; what the first has compiled is on disk when the
    second comes to need it.
    """
    without, others = [], []
    for item in items:
        first = item.path.relative_to(TESTS).parts[0] if TESTS in item.path.parents else ""
        (without if first in WITHOUT_LOOP else others).append(item)
    half = min(len(others), (len(items) + 1) // 2)
    items[:] = [*others[:half], *without, *others[half:]]


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Under CI nothing is left out: what a test needs is to be there."""
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        *_, reason = report.longrepr if isinstance(report.longrepr, tuple) else [report.longrepr]
        report.outcome = "failed"
        report.longrepr = f"Left out, which CI does not take: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.fixture(scope="session")
def chrome():
    """One Chromium for all tests of a process: Playwright allows no second one beside it."""
    from playwright.sync_api import sync_playwright

    from helpers.browser import FLAGS, chromium

    path = chromium()
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def bellagio_run(tmp_path_factory):
    """A finished run of the catalogue's main experiment, made once for all tests of its report."""
    from negotiation_sim.catalogue import load_setting
    from negotiation_sim.runs import one_run as runs
    from negotiation_sim.runs.request import Request

    root = tmp_path_factory.mktemp("bellagio")
    return runs.carry_out(
        runs.plan(load_setting("bellagio"), Request(seed=1, replicates=150, beliefs=3), root),
        draw=False,
    )


@pytest.fixture(scope="session")
def written(bellagio_run):
    """The report on that run."""
    from negotiation_sim import api

    return api.report(bellagio_run)
