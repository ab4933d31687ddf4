"""The table of `deter validate` on the screen: a row for each check, part by part, and the sum below."""

import time
from collections.abc import Iterator
from typing import Any

from analysis.validation.checks import EXPLAINED, Findings
from analysis.validation.findings import over_structure, shortfalls, summary, whole_facts
from analysis.validation.tables import measured_text
from experiments.terminal.screen import BETWEEN_LINES, Screen, titled

HEADS = ("check", "expected", "got", "n", "verdict")


def shown_checks(findings: Findings) -> Iterator[Any]:
    """The table, how many hold, which fall short and why, and how many hold under other rules."""
    for part in dict.fromkeys(check.part for check in findings.checks):
        rows = [
            (check.name, check.expected, measured_text(check), f"{check.n or '–'}", check.verdict)
            for check in findings.checks
            if check.part == part
        ]
        yield titled(f"\n{part}", HEADS, rows, first={"ratio": 4}, others={"ratio": 2}, expand=True)
    yield f"\n{summary(findings)} {whole_facts(findings)}"
    for check in shortfalls(findings):
        yield f"falls short: {check.name}{f' ({check.note})' if check.verdict == EXPLAINED else ''}"
    yield from over_structure(findings)
    yield ""


class Pieces:
    """Progress in pieces of work, a line now and then."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self._last = screen, time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        """Say how far it is, unless that was said a moment ago."""
        if time.monotonic() - self._last > BETWEEN_LINES or done == of:
            self._last = time.monotonic()
            self.screen.say(f"{done} of {of} worlds ({done / of:.0%})")
