"""Pictures and page of the gallery: `python docs/site/gallery.py [NAME ...]`, or `make gallery`.

The folders and figures are in `gallery.toml`. Without names it draws the pictures that are missing, and `all` draws all
anew. Pictures are small: as wide as a page shows them, with few colours.
"""

import io
import os
import shlex
import sys
import tomllib
from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "docs" / "site" / "gallery.toml"
PAGE = ROOT / "docs" / "gallery.md"
PICTURES = ROOT / "docs" / "gallery"
FOLDERS = ROOT / "build" / "gallery"
"""Where the folders of results are made; what is there already is not made again."""
PIXELS = 864
"""Width of a picture of a figure that spans both columns of a journal."""
BYTES = 40_000
"""Bytes of a picture above which it gets fewer colours; a dense one stays larger."""
HEAD = """# Gallery of figures

<!-- Written by `make gallery` from docs/site/gallery.toml: change that, not this page. -->

Every figure that deter draws, with the commands that drew it here. Most of the folders are small.
**The pictures show what a figure looks like. They are not findings.** In a folder of yours,
`deter figure NAME DIR` draws a figure as SVG and PNG, and `--slide` draws it for
[a slide](how-to/put-a-figure-on-a-slide.md). `deter list figures` lists them in the terminal.
[Reading the figures](explanation/reading-the-figures.md) says what the words mean.
"""


class Shown(NamedTuple):
    """A figure of the gallery: its recipe, the folder of results that has it, and what it shows of which folders."""

    name: str
    recipe: dict[str, Any]
    folder: str
    shows: str
    of: str

    @property
    def picture(self) -> Path:
        """The file with its picture."""
        return PICTURES / f"{self.name}.png"

    @property
    def key(self) -> str:
        """The last part of its name, by which its recipe knows it."""
        return self.name.rpartition("-")[2]


def recipes() -> dict[str, dict[str, Any]]:
    """How the folders of the gallery are made, by name."""
    return dict(tomllib.loads(RECIPES.read_text("utf-8"))["folders"])


def shown() -> list[Shown]:
    """Every figure of the gallery, in the order of the page."""
    from analysis.report.gallery import entry

    found = []
    for folder, recipe in recipes().items():
        default = recipe.get("folder", f"results/{folder}")
        named = recipe.get("figures", [])
        for name in named:
            what = entry(name)
            place = named[name] if isinstance(named, dict) else default
            found.append(Shown(name, recipe, place, what.shows, what.kind.of))
        found += [Shown(f"{folder}-{name}", recipe, "", what, "") for name, what in recipe.get("shows", {}).items()]
    return found


def page() -> str:
    """The text of the page."""
    parts, title = [HEAD], ""
    for one in shown():
        if one.recipe["title"] != title:
            title = one.recipe["title"]
            parts += [f"## {title}", *_made(one.recipe)]
        parts += [f"### {one.name}", *_described(one)]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _made(recipe: dict[str, Any]) -> Iterator[str]:
    """The blocks that make the folder of a recipe."""
    for name, text in recipe.get("files", {}).items():
        yield f"The experiment `{name}`:"
        yield f"~~~toml\n{text}~~~"
    if "make" in recipe:
        yield "\n".join(["```sh", *recipe["make"], "```"])


def _described(one: Shown) -> Iterator[str]:
    of = f" Of {one.of}." if one.of else ""
    yield f"{one.shows[0].upper()}{one.shows[1:]}.{of}"
    if one.folder:
        yield f"```sh\ndeter figure {one.name} {one.folder}\n```"
    elif "python" in one.recipe:
        yield "\n".join(["~~~python", one.recipe["python"].format(name=one.key), "~~~"])
    yield f"![{one.shows[0].upper()}{one.shows[1:]}](gallery/{one.picture.name})"


def drawn(wanted: Collection[Shown]) -> Iterator[tuple[Shown, bytes]]:
    """The figures as PNG of full size; makes the folders of results that they need in the current folder."""
    made: set[str] = set()
    for one in wanted:
        if "pictures" in one.recipe:
            yield one, (ROOT / one.recipe["pictures"].format(name=one.key)).read_bytes()
            continue
        for command in one.recipe.get("make", []):
            for name, text in one.recipe.get("files", {}).items():
                Path(name).write_text(text, "utf-8")
            if command not in made:
                print(f"$ {command}", flush=True)
                _carry_out(command)
                made.add(command)
        yield one, _figure(one)


def _carry_out(command: str) -> None:
    from experiments.commands.main import main

    # 1: `deter sensitivity` says that indices of a small folder are not precise enough
    if main([*shlex.split(command)[1:], "--quiet"]) not in (0, 1):
        raise SystemExit(f"{command} failed")


def _figure(one: Shown) -> bytes:
    from analysis.plotting.files import rendered
    from analysis.report.gallery import draw
    from analysis.results.folder import open_results

    if "draw" in one.recipe:
        figure = getattr(import_module(one.recipe["draw"]), f"{one.key}_figure")()
    else:
        figure = draw(one.name, open_results(Path(one.folder)))
    return rendered(figure, ["png"])["png"]


def small(png: bytes) -> bytes:
    """A picture at the width of a page, with as many colours as `BYTES` allow."""
    from PIL import Image

    whole = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (64, 32):
        share = PIXELS / 2161  # the pixels of a figure of 183 mm at 300 dots per inch
        size = max(1, round(whole.width * share)), max(1, round(whole.height * share))
        buffer = io.BytesIO()
        reduced = whole.resize(size, Image.Resampling.LANCZOS)
        reduced.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            buffer, "PNG", optimize=True
        )
        if buffer.tell() <= BYTES:
            break
    return buffer.getvalue()


def main(names: Collection[str]) -> None:
    """Draw the pictures named, all, or those that are missing, and write the page."""
    every = shown()
    if unknown := {*names} - {"all", *(one.name for one in every)}:
        raise SystemExit(f"no figures of the gallery: {', '.join(sorted(unknown))}")
    wanted = [one for one in every if one.name in names or "all" in names or (not names and not one.picture.exists())]
    PICTURES.mkdir(exist_ok=True)
    FOLDERS.mkdir(parents=True, exist_ok=True)
    os.chdir(FOLDERS)
    for one, png in drawn(wanted):
        one.picture.write_bytes(small(png))
        print(f"{one.picture.relative_to(ROOT)}: {one.picture.stat().st_size:,} bytes", flush=True)
    for stale in {*PICTURES.glob("*.png")} - {one.picture for one in every}:
        stale.unlink()
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(sys.argv[1:])
