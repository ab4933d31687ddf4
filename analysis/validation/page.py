"""The page `docs/validation.md`: the finding first, then every check, what falls short, and the silence."""

from collections.abc import Iterable, Iterator, Sequence

from analysis.labels import number_of, percent
from analysis.validation.checks import EXPLAINED, HOLDS, REPORTED, Check, Findings
from analysis.validation.findings import over_structure, shortfalls, silent, summary, whole_facts
from analysis.validation.tables import INTERVALS, measured_text

HEADS = ("check", "expected", "got", "n", "agree", "verdict", "label", "source")
"""Columns of the table of checks."""
CAPTIONS = {
    "games": "Classic games: shares in theory and as played by the model's rules",
    "emergent": "Emergent facts: effects over their least effects, over the prior",
    "others": "Built-in and tuned facts: effects over their least effects, over the prior",
    "history": "History and forecast: what the EU did, and what the model predicts",
    "posterior": "What the record says about each parameter: prior ranges and posterior intervals, most informed first",
    "structure": "Emergent facts under other rules of the model",
}
"""What figures show, by name."""


def validation_page(findings: Findings, figures: Iterable[str], prefix: str) -> str:
    """The page in Markdown; the picture of a figure lies beside it, in the file `PREFIX_NAME.png`."""
    pictures = {name: f"![{CAPTIONS[name]}]({prefix}_{name}.png)" for name in figures}
    parts = [
        "# Why believe it: what the model shows, and what it does not",
        "<!-- Written by `make validation`: change what is declared in experiments/validation/, not this page. -->",
        f"**{summary(findings)}** {whole_facts(findings)}".rstrip(),
        how(findings),
        "## What was checked",
        *tables(findings.checks),
        *(pictures[name] for name in ("games", "emergent", "others", "history", "posterior") if name in pictures),
        "## Where it falls short, and why",
        *(missed(findings) or ["Nowhere."]),
        "## What the model cannot say",
        "\n".join(f"- *{check.name}* ({check.source}): {check.note}" for check in silent(findings)),
    ]
    if findings.cells:
        parts += [
            "## Facts under other rules",
            "Nobody knows which of several rules people follow. Every emergent fact is tried again under each, in "
            f"{number_of('world', findings.few)}: fewer than above, so more intervals reach zero.",
            "\n".join(f"- {sentence}" for sentence in over_structure(findings)),
            *(pictures[name] for name in ("structure",) if name in pictures),
        ]
    return "\n\n".join([*parts, "## How to reproduce it", AGAIN]) + "\n"


AGAIN = """`make validation` runs everything and writes this page; `deter validate` prints the table and writes it to
`results/validate/tables`, and ends with an error if a check falls short without an explanation. With `--fast` it
takes less than a minute, and tries the sturdier facts in fewer worlds. The facts, their least effects and their sources
are declared in [facts](../experiments/validation/facts.py) and [signs](../experiments/validation/signs.py); the ranges
of the prior in [prior.toml](../configs/experiments/prior.toml); the settings of the games in
[games](../experiments/validation/games.py); what the EU did in [events](../configs/record/events.toml), how it is
scored in [scores](../analysis/history/scores.py). How to ask theory for its numbers:
[use theory as an oracle](how-to/use-theory-as-an-oracle.md)."""


def how(findings: Findings) -> str:
    """How facts are tried, and how a verdict is reached."""
    worlds, runs = number_of("world", findings.worlds), number_of("run", findings.replicates)
    return (
        "Theory is an *oracle* where it is proved. Its exact results are set against draws by the model's own rules; "
        "where the model draws nothing, the row only checks the *formula* and does not count. Two "
        "classic games are played by the model's rules: perpetrators learn from their own cases how often acts are "
        "attributed to them, and investigators have two options that are off in the shipped scenarios because the "
        "games assume them. "
        "They learn in the end who did it (*hindsight*), and the standard of proof varies from case to case. A game "
        "holds where nine settings of ten do, and a setting where the 95 % interval of the runs contains what theory "
        "says; one in twenty would miss by chance.\n\n"
        "Each *fact* is a difference between two worlds that differ only in what it states, on the same random "
        f"numbers. It is tried in {worlds} drawn from the prior (ranges for what no data inform), with "
        f"{runs} of each. It *holds* where the whole 95 % interval of the mean over worlds lies beyond the least "
        "effect, and three worlds in four have the sign. Least effects were stated before the first run over the "
        "prior and have not changed since. They are at most half of what the shipped baseline was known to show, and "
        "many effects are far larger. Some facts use the same two worlds, so they are not independent. A fact is "
        "*built-in* where it follows from one equation, *tuned* where a constant was chosen to get it, and *emergent* "
        "where it results from the interplay: only emergent facts count as validation. Where theory allows both signs "
        "the "
        f"effect is *reported*. {INTERVALS}\n\n"
        "A *forecast* is a count of what the EU did after the fit, which used no event after 2023. Expected is what "
        "is on record; got is the median over runs in worlds of the posterior, with the 90 % predictive interval. The "
        "forecast holds where the interval contains what happened. Runs begin before 2015 and never use what "
        "happened. For comparison there is a Poisson process with the rate of the years before, and its uncertainty. "
        "What the fit used is *fitted*, and only reported.\n\n"
        "What is *averted* is averted against the twin, the same world without the toolbox. *Bite* is how much an "
        "answer hurts, in units of severity. The EU *follows through* where answers follow severity and majorities "
        "decide. "
        "A *point* is one per cent of the whole (of the twin's acts, or of opportunities, as the check has it); a *log "
        "point* is one per cent of what is left. *agree* is the share of worlds that have the sign."
    )


def tables(checks: Sequence[Check]) -> Iterator[str]:
    """A table for each part."""
    for part in dict.fromkeys(check.part for check in checks):
        rows = [row(check) for check in checks if check.part == part]
        yield f"### {part}"
        yield "\n".join(map(_line, [HEADS, ["---"] * len(HEADS), *rows]))
        yield from (f"*{check.name}*: {check.note}" for check in checks if check.part == part and _beside(check))


def _beside(check: Check) -> bool:
    """Whether what is noted of a check stands below its table, and nowhere else."""
    return bool(check.note) and check.verdict in (HOLDS, REPORTED)


def row(check: Check) -> list[str]:
    """The cells of a check."""
    return [
        *(check.name, check.expected or "–", measured_text(check), f"{check.n or '–'}"),
        *("–" if check.agree is None else percent(check.agree, 0), check.verdict, check.label or "–", check.source),
    ]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.strip().replace('|', chr(92) + '|') for cell in cells)} |"


def _agreeing(check: Check) -> str:
    """In how many of the worlds an effect has its sign, where there are worlds."""
    return "" if check.agree is None else f", {percent(check.agree, 0)} of {check.n} worlds with the sign"


def missed(findings: Findings) -> list[str]:
    """A paragraph for each check that falls short."""
    return [
        f"**{check.name[0].upper()}{check.name[1:]}** ({check.label}). Expected {check.expected}; got "
        f"{measured_text(check)}{_agreeing(check)}. "
        + (check.note if check.verdict == EXPLAINED else f"{check.note} Not explained yet.".strip())
        for check in shortfalls(findings)
    ]
