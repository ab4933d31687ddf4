"""`deter figure`: figures of a folder, for paper or for slides."""

from typing import Annotated

from typer import Argument, Option

from experiments.terminal.options import Folder, Quiet


def figure_command(
    name: Annotated[
        str,
        Argument(
            metavar="NAME", help="One of `deter list figures`, or a metric; `all`: all figures that the folder allows."
        ),
    ],
    folder: Folder,
    slide: Annotated[
        bool, Option("--slide", help="Draw for 16:9 slides, on one or several, into `figures/slides/`.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Draw one figure of a folder of results, or all, into its `figures/`, as PNG and SVG.

    Example: `deter figure main_effects results/headline --slide`
    """
    from analysis.plotting.pages import PROMISED, letters
    from analysis.report.gallery import ALL, drawn, names_of
    from analysis.results.folder import open_results
    from analysis.results.versions import Lacking
    from analysis.years.over_time import OVER_TIME, over_time_table
    from experiments.terminal.publish import write_figures, write_slides, write_tables
    from experiments.terminal.screen import Screen
    from model.errors import ConfigurationError

    screen, results = Screen(quiet=quiet), open_results(folder)
    found = False
    for each in names_of(results) if name == ALL else [name]:
        try:
            figures = drawn(each, results, slide=slide)
        except Lacking as error:
            if name != ALL:
                raise
            screen.warn(f"figure {each} is left out: {error}")
            continue
        if figures:
            found = True
            paths = write_slides(folder, each, figures) if slide else write_figures(folder, {each: figures[0]})
            if each == OVER_TIME:
                paths += write_tables(folder, over_time_table(results))
            for path in paths:
                screen.name(path)
            size = letters(figures[0]) if slide else PROMISED
            if size < PROMISED:
                problem = f"has too much in a panel for letters of {PROMISED:g} points"
                screen.warn(f"figure {each} {problem}; they have {size:.1f} points on a slide 33.9 cm wide")
    if not found:
        what = "a figure" if name == ALL else f"figure {name}"
        raise ConfigurationError(f"holds no data for {what}", file=str(folder))
