"""Pages of the documentation that are generated: parameters, catalogues, metrics and the words of a brief.

`make docs` writes them; a test says when they are stale.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from agents.foundation.compiled import ROOT
from analysis.report.glossary import GLOSSARY
from experiments.listing.listing import LISTABLE
from experiments.listing.parameters import by_pattern, phase_entries
from experiments.listing.readers import acts_in
from experiments.listing.tables import Listing, base_configuration, paragraph

FOLDER = ROOT / "docs" / "reference"
GENERATED = "<!-- Written by `make docs` from the code and configs/: change those, not this page. -->"
SECTION_TITLES = {
    "doctrine": "Doctrine: what the EU chooses",
    "switches": "Switches: mechanisms on or off",
    "scenario": "Scenario: circumstances",
    "activities": "Activities",
    "measures": "Measures",
    "archetypes": "Archetypes of perpetrators",
    "perpetrators": "Perpetrators: traits that replace those of the archetype",
    "member_states": "Member States",
    "partners": "Partners",
}
"""Headings of the page of parameters, by first word of the path."""
PHASES = (
    "A doctrine may have [phases](../how-to/add-a-doctrine.md#a-doctrine-that-changes). Each has one of the entries "
    "below that say when it holds, and any of those above, which replace the doctrine's while it does. A value for "
    "`doctrine.clarity` is that of the doctrine, and of every phase that does not state its own. What a phase states "
    "can be varied by path, as in `doctrine.phases.pressure.severe_acts_above`; phases are added in a file."
)
"""What the page of parameters says of phases."""


def pages() -> dict[str, str]:
    """Every generated page: name of the file → text."""
    return {
        "parameters.md": _page("Parameters", _parameters()),
        "catalogues.md": _page("Catalogues", _catalogues()),
        "metrics.md": _page("Metrics", _table(LISTABLE["metrics"].whole(), code=(0, 3))),
        "glossary.md": _page("Glossary", _glossary()),
    }


def _page(title: str, lines: Iterator[str]) -> str:
    return "\n".join([f"# {title}", "", GENERATED, "", *lines]).rstrip() + "\n"


def _parameters() -> Iterator[str]:
    whole, groups = LISTABLE["parameters"].whole(), by_pattern(base_configuration())
    yield f"{whole.text} `deter list parameters PATH` shows one with the source of each value."
    columns = (*whole.columns, "acts in", "source of the default")
    for section, rows in groupby(whole.rows, key=lambda row: row[0].split(".")[0]):
        yield from ("", f"## {SECTION_TITLES[section]}", "")
        table = []
        for row in rows:
            sources = {paragraph(found.source) for found in groups[row[0]]}
            source = sources.pop() if len(sources) == 1 else "differs by entry"
            rules = ", ".join(f"`{name.partition('.')[2]}`" for name in acts_in(row[0])) or "–"
            table.append((*row, rules, source))
        yield from _table(Listing("", "", columns, table), code=(0,))
        if section == "doctrine":
            yield from ("", PHASES, "")
            yield from _table(phase_entries(), code=(0,))


def _catalogues() -> Iterator[str]:
    for name in ("doctrines", "scenarios", "experiments", "activities", "measures"):
        listing = LISTABLE[name].whole()
        yield from ("", f"## {listing.title}", "")
        yield from _table(listing, code=(0,))


def _glossary() -> Iterator[str]:
    """Words of briefs in plain English, in alphabetical order."""
    yield "The words of a [brief](../how-to/write-a-brief.md) in plain English. Each brief has those that it uses."
    for term in sorted(GLOSSARY, key=lambda each: each.name.lower()):
        yield from ("", f"- **{term.name}**: {term.meaning}")


def _table(listing: Listing, code: Sequence[int]) -> Iterator[str]:
    """A table in Markdown; the columns in `code` are shown as code."""
    if listing.text:
        yield from (listing.text, "")
    yield "| " + " | ".join(listing.columns) + " |"
    yield "|---" * len(listing.columns) + "|"
    for row in listing.rows:
        cells = [f"`{cell}`" if place in code else cell for place, cell in enumerate(row)]
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_bytes(text.encode())
