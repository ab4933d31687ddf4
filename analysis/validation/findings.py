"""Sentences that the checks support: how many hold, which fall short, what other rules turn round."""

from collections.abc import Iterator

from analysis.labels import listed, number_of
from analysis.validation.checks import EXPLAINED, HOLDS, REPORTED, SHORT, SILENT_ON, Check, Findings, counted

COUNTED = {"oracle": "oracle", "emergent": "emergent fact", "forecast": "forecast", "held out": "held-out moment"}
"""Labels that count as validation, and what a check with one is called."""


def summary(findings: Findings) -> str:
    """How many of the checks that count hold, and how many of the others."""
    parts = []
    for label, noun in COUNTED.items():
        held, of = counted(findings.checks, label)
        if of:
            parts.append(f"{held} of {number_of(noun, of)} hold{'s' * (of == 1)}")
    held, of = counted(findings.checks, "built-in", "tuned")
    return f"{listed(parts)}; built-in and tuned facts are shown for completeness ({held} of {of} hold)."


def whole_facts(findings: Findings) -> str:
    """How many of the facts of theory, some with several checks, hold in every one; empty where there is none."""
    found: dict[str, list[str]] = {}
    for check in findings.checks:
        if check.part[0].isdigit() and check.verdict != REPORTED:
            found.setdefault(check.part, []).append(check.verdict)
    whole = sum(set(verdicts) == {HOLDS} for verdicts in found.values())
    missed = [verdict for verdicts in found.values() for verdict in verdicts if verdict == SHORT]
    if not found:
        return ""
    text = f"{whole} of {number_of('fact', len(found))} of theory that need no data hold in every check"
    if whole == len(found):
        return f"{text}."
    return f"{text}; {f'{len(missed)} of their misses unexplained' if missed else 'all other misses are explained'}."


def shortfalls(findings: Findings) -> list[Check]:
    """The checks that fall short, explained or not."""
    return [check for check in findings.checks if check.verdict in (SHORT, EXPLAINED)]


def silent(findings: Findings) -> list[Check]:
    """The findings on which the model cannot say anything."""
    return [check for check in findings.checks if check.verdict == SILENT_ON]


def over_structure(findings: Findings) -> Iterator[str]:
    """A sentence on each variant of the rules: how many facts hold under it, and which it reverses."""
    for variant in dict.fromkeys(cell.variant for cell in findings.cells):
        cells = [cell for cell in findings.cells if cell.variant == variant]
        counts = {kept: [cell.name for cell in cells if cell.kept == kept] for kept in ("holds", "weaker", "reversed")}
        text = f"{variant[0].upper()}{variant[1:]}: {len(counts['holds'])} of {len(cells)} hold"
        if counts["weaker"]:
            text += f", {len(counts['weaker'])} keep{'s' * (len(counts['weaker']) == 1)} the sign and fall short"
        reversed_ = [f"“{name}”" for name in counts["reversed"]]
        note = next((cell.note for cell in cells if cell.note), "")
        yield f"{text}; {f'reversed: {listed(reversed_)}' if reversed_ else 'none is reversed'}. {note}".rstrip()
