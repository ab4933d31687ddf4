"""`deter app`: a page on which sliders rerun hundreds of paired decades."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from experiments.terminal.options import Quiet, Seed


def app_command(
    doctrines: Annotated[
        list[str] | None,
        Argument(metavar="[DOCTRINE]...", help="Doctrines of your own (.toml), to choose beside the shipped ones."),
    ] = None,
    scenarios: Annotated[
        list[str] | None, Option("--scenario", help="A scenario of your own (.toml), to choose; may be repeated.")
    ] = None,
    results: Annotated[Path, Option(help="Folder whose results folders the page may open.")] = Path("results"),
    worlds: Annotated[
        list[str] | None,
        Option(help="A file of worlds (.csv or .parquet), to choose beside the posterior; may be repeated."),
    ] = None,
    exercises: Annotated[
        list[str] | None, Option("--exercise", help="An exercise of your own (.toml), to choose; may be repeated.")
    ] = None,
    replicates: Annotated[int, Option(min=20, max=2_000, help="Runs of each setting.")] = 200,
    seed: Seed = 1,
    host: Annotated[
        str, Option(help="Address to listen on. Others than this machine's own need a token.")
    ] = "127.0.0.1",
    port: Annotated[int, Option(min=0, max=65_535, help="Port to listen on; 0: any that is free.")] = 8620,
    no_browser: Annotated[bool, Option("--no-browser", help="Open no browser; print the address only.")] = False,
    quiet: Quiet = False,
) -> None:
    """Explore the model on a page in your browser: move a slider, and hundreds of paired runs are made again.

    Nothing leaves this machine. Example: `deter app my_doctrine.toml --results results`
    """
    import threading
    import webbrowser

    from experiments.page.gate import key_of
    from experiments.page.room import room_of
    from experiments.page.server import listening, serve
    from experiments.page.shelf import shelf_of
    from experiments.terminal import sweeps
    from experiments.terminal.screen import Screen

    screen = Screen(quiet=quiet)
    shelf = shelf_of(
        results,
        scenarios=scenarios or [],
        doctrines=doctrines or [],
        worlds=worlds or [],
        exercises=exercises or [],
        seed=seed,
        replicates=replicates,
    )
    at = listening(host, port)
    key = key_of(host, at.getsockname()[1])
    sweeps.compile_first(screen)

    def ready() -> None:
        screen.say(f"Open {key.address} in a browser. Ctrl-C stops.")
        if key.token:
            screen.say(
                f"It listens on {host}: whoever has the token can use it. On another machine, open {key.elsewhere}"
            )
        if not no_browser:
            # in a thread: a browser for terminals ends when its reader leaves it, and is to be served until then
            threading.Thread(target=webbrowser.open_new_tab, args=(key.address,), daemon=True).start()

    serve(room_of(shelf), key, at, ready)
