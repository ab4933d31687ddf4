"""`deter discover`: in which worlds of a sweep something happens under a doctrine, found, said, drawn and kept."""

from collections.abc import Sequence
from pathlib import Path

from analysis.discovery.answer import discover
from analysis.discovery.findings import sentences
from analysis.discovery.tables import discovery_tables
from analysis.report.gallery import draw
from analysis.results.folder import ANSWER, FIGURES, open_results
from analysis.results.tables import TABLES
from experiments.store.atomic import write
from experiments.terminal.publish import write_figures, write_tables
from experiments.terminal.screen import Screen


def discover_command(
    folder: Path,
    doctrine: str | None,
    targets: Sequence[str],
    against: str | None,
    *,
    either: bool,
    quiet: bool,
) -> None:
    """Find the worlds asked for, say what they have in common, and write tables and figures into the folder."""
    screen, results = Screen(quiet=quiet), open_results(folder)
    answer = discover(results, targets, doctrine, against, either=either, report=screen.say)
    write(folder / ANSWER, (answer.model_dump_json(indent=1) + "\n").encode())
    tables, names = discovery_tables(answer, results), ["discovery", "peeling"] if answer.box else ["peeling"]
    write_tables(folder, tables)
    write_figures(folder, {name: draw(name, results) for name in names})
    for sentence in sentences(answer):
        screen.show(f"{sentence}\n")
    screen.say(f"tables  {folder / TABLES}/: {', '.join(tables)}\nfigures {folder / FIGURES}/: {', '.join(names)}")
