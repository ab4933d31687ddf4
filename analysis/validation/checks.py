"""A check: what is expected, what the model shows, and the verdict in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Label = Literal["built-in", "tuned", "emergent", "oracle", "formula", "forecast", "fitted", "held out", "gate"]
"""What a check is worth: emergent facts count as validation, and so do oracles, where the model's own rules are held to
what is proved, forecasts of what came after the fit and moments held out of it. A formula is held to draws, and tells
of theory alone; what the fit knew tells nothing; gates say whether the posterior can be trusted."""
HOLDS, SHORT, EXPLAINED, SILENT_ON, REPORTED = (
    "holds",
    "falls short",
    "falls short (explained)",
    "cannot say",
    "reported",
)
"""Verdicts. Only `falls short` makes `deter validate` end with an error."""
AGREED = 0.75
"""Share of the worlds that must have the sign expected."""


@dataclass(frozen=True)
class Check:
    """One row of the table of checks.

    `got` and its 95 % interval `low` to `high` are in `unit`; `agree` is the share of the `n` worlds, or cases, that
    have the sign expected. `least` is the effect that the whole interval is to lie beyond, `sign` on which side.
    """

    part: str
    name: str
    expected: str
    verdict: str
    label: str
    source: str
    unit: str = ""
    got: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    agree: float | None = None
    sign: int = 0
    least: float = 0.0
    note: str = ""


def verdict(low: float, high: float, agree: float, sign: int, least: float, *, explained: bool = False) -> str:
    """The verdict on an effect with the interval `low` to `high`.

    It holds where the whole interval lies beyond the least effect on the side of `sign`, and enough worlds agree; an
    interval that touches the least effect, or is no number, falls short. With sign 0 nothing is expected.
    """
    if sign == 0:
        return REPORTED
    nearest = low if sign > 0 else -high
    if nearest > least and agree >= AGREED:
        return HOLDS
    return EXPLAINED if explained else SHORT


def expected(sign: int, least: float, unit: str) -> str:
    """What is expected of an effect, in words: above +0.5 points."""
    if sign == 0:
        return "either sign"
    return f"{'above' if sign > 0 else 'below'} {sign * least:+.3g} {unit}".rstrip().replace("-", "−")


REVERSED = "reversed"
KEPT = (HOLDS, "weaker", "unclear", REVERSED)
"""What becomes of a fact under other rules, from best to worst."""


def kept(low: float, high: float, agree: float, sign: int, least: float) -> str:
    """What becomes of a fact under other rules.

    It holds; has its sign but not its least effect, or in too few worlds; has an interval that reaches zero; or is
    reversed, the whole interval on the other side.
    """
    if verdict(low, high, agree, sign, least) == HOLDS:
        return HOLDS
    nearest, farthest = (low, high) if sign > 0 else (-high, -low)
    if nearest > 0.0:
        return "weaker"
    return REVERSED if farthest < 0.0 else "unclear"


@dataclass(frozen=True)
class Cell:
    """What becomes of a fact under a variant of the rules: one of `KEPT`, with its effect over `n` worlds.

    `note` says what is known of why the variant changes facts.
    """

    variant: str
    name: str
    kept: str
    got: float
    low: float
    high: float
    n: int
    note: str = ""


@dataclass(frozen=True)
class Played:
    """A game as the model played it: a figure of theory, and its mean over `n` runs with its 95 % interval."""

    game: str
    setting: str
    figure: str
    expected: float
    got: float
    low: float
    high: float
    n: int

    @property
    def met(self) -> bool:
        """Whether the interval contains what theory says."""
        return self.low <= self.expected <= self.high


@dataclass(frozen=True)
class Findings:
    """All checks, games as played, what becomes of emergent facts under other rules, and over how much they were tried.

    `worlds` are those of the checks, `few` those of each variant of the rules.
    """

    checks: list[Check]
    played: list[Played]
    cells: list[Cell]
    worlds: int
    few: int
    replicates: int
    seed: int


def short(checks: Sequence[Check]) -> list[Check]:
    """The checks that fall short and are not explained."""
    return [check for check in checks if check.verdict == SHORT]


def counted(checks: Sequence[Check], *labels: str) -> tuple[int, int]:
    """How many checks hold, and of how many from which something is expected; with labels, of those alone."""
    some = [check for check in checks if check.verdict in (HOLDS, SHORT, EXPLAINED)]
    some = [check for check in some if not labels or check.label in labels]
    return sum(check.verdict == HOLDS for check in some), len(some)
