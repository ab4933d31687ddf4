"""`deter discover`: in which worlds of a sweep something happens under a doctrine."""

from typing import Annotated

from typer import Option

from experiments.terminal.options import Folder, Quiet


def discover_command(
    folder: Folder,
    doctrine: Annotated[str | None, Option(help="A doctrine of the folder; by default the first of its sweep.")] = None,
    target: Annotated[
        list[str] | None,
        Option(
            metavar="CONDITION",
            help="Worlds to look for: METRIC<VALUE, with <, <=, > or >=; may be repeated, then all must hold. "
            "By default those with less harm averted than in half of the worlds.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        Option(
            help="Another doctrine of the folder: apply conditions to the difference between the two in the same world."
        ),
    ] = None,
    either: Annotated[bool, Option("--any", help="Look for worlds that meet at least one of the conditions.")] = False,
    quiet: Quiet = False,
) -> None:
    """Find the worlds of a sweep in which a doctrine fails, and state them as a readable rule (PRIM and CART).

    Example: `deter discover results/uncertain_worlds --doctrine status_quo --target "harm_averted<0.1"`
    """
    from analysis.discovery.answer import discover
    from analysis.discovery.findings import discovery_sentences
    from analysis.discovery.tables import discovery_tables
    from analysis.report.gallery import draw
    from analysis.results.folder import open_results
    from analysis.results.manifest import ANSWER, FIGURES
    from analysis.results.tables import TABLES
    from experiments.store.files import write
    from experiments.terminal.publish import write_figures, write_tables
    from experiments.terminal.screen import Screen

    screen, results = Screen(quiet=quiet), open_results(folder)
    answer = discover(results, target or [], doctrine, against, either=either, report=screen.say)
    write(folder / ANSWER, (answer.model_dump_json(indent=1) + "\n").encode())
    said = discovery_sentences(answer)
    tables = discovery_tables(answer, said, results.manifest.stamp)
    names = ["discovery", "peeling"] if answer.box else ["peeling"]
    write_tables(folder, tables)
    write_figures(folder, {name: draw(name, results) for name in names})
    screen.show(*(f"{sentence}\n" for sentence in said))
    screen.say(f"tables  {folder / TABLES}/: {', '.join(tables)}\nfigures {folder / FIGURES}/: {', '.join(names)}")
