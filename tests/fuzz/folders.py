"""A small folder of results of which one file is mutated, and everything that reads it."""

import functools
import hashlib
import io
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from matplotlib.figure import Figure

from analysis import open_results
from analysis.discovery.answer import read_answer
from analysis.discovery.findings import discovery_sentences
from analysis.discovery.tables import discovery_tables
from analysis.report.gallery import draw, search_figures
from analysis.report.page import page_of
from analysis.report.search import brief_of_search, tables_of_search
from analysis.results.manifest import ANSWER, SEARCHED
from analysis.results.tables import read_table
from analysis.search.answer import read_found
from analysis.search.findings import search_sentences
from experiments.design.stored import kept_design
from fuzz.mutations import NASTY, changed, mutated_bytes, mutated_text
from fuzz.worlds import TYPES, VALUES

TABLE = "tables/estimates.parquet"
WORLDS = "worlds"
"""Folder beside it, of a sample of worlds with the answers of a discovery and of a search."""
JSON, PARQUET = ("manifest.json", "status.json"), ("design.parquet", "runs.parquet", "summary.parquet", TABLE)
WHOLE = "DETER_FUZZ_FOLDER"
"""Variable of the environment with the folder of results that is mutated."""


def _whole() -> Path:
    return Path(os.environ[WHOLE])


@functools.cache
def _content(name: str) -> bytes:
    return (_home(name) / name).read_bytes()


def _home(name: str) -> Path:
    return _whole().parent / WORLDS if name in ANSWERS else _whole()


def json_like(name: str) -> Callable[[random.Random], bytes]:
    """Mutations of a file of JSON: of its text, its bytes, its entries."""

    def make(chance: random.Random) -> bytes:
        text = _content(name).decode()
        match chance.randrange(4):
            case 0:
                return mutated_text(text, chance).encode("utf-8", "replace")
            case 1:
                return mutated_bytes(text.encode(), chance)
        return json.dumps(changed(json.loads(text), chance, NASTY), default=str).encode()

    return make


def parquet_like(name: str) -> Callable[[random.Random], bytes]:
    """Mutations of a Parquet file: of its bytes, or of its columns."""

    def make(chance: random.Random) -> bytes:
        if chance.random() < 0.6:
            return mutated_bytes(_content(name), chance)
        frame = pl.read_parquet(_content(name))
        column, buffer = chance.choice(frame.columns), io.BytesIO()
        try:
            match chance.randrange(6):
                case 0:
                    frame = frame.with_columns(pl.col(column).cast(chance.choice(TYPES), strict=False))
                case 1:
                    values = [chance.choice(VALUES) if chance.random() < 0.5 else held for held in frame[column]]
                    frame = frame.with_columns(pl.Series(column, values, frame[column].dtype, strict=False))
                case 2:
                    frame = frame.rename({column: f"{column}x"})
                case 3:
                    frame = frame.drop(column)
                case 4:
                    frame = chance.choice((frame.head(0), frame.head(1), frame.reverse(), pl.concat([frame] * 2)))
                case 5:
                    frame = frame.with_columns(pl.lit(chance.choice(VALUES)).alias(column))
            frame.write_parquet(buffer)
        except BaseException:  # Polars cannot make, or write, every column
            return mutated_bytes(_content(name), chance)
        return buffer.getvalue()

    return make


def read(path: Path) -> None:
    """Read all of a folder in which one file was changed."""
    name = TABLE if path.parent.name == "tables" else path.name
    folder = path.parent.parent if name == TABLE else path.parent
    own_up(_home(name), folder, name, path.read_bytes())
    ANSWERS.get(name, reach)(folder)


def own_up(whole: Path, folder: Path, name: str, content: bytes) -> None:
    """Copy a folder with one file changed; its manifest owns up to the change, as a stranger's would."""
    shutil.copytree(whole, folder, dirs_exist_ok=True)
    (folder / name).write_bytes(content)
    tree: dict[str, Any] = json.loads((whole / "manifest.json").read_bytes())
    if name in tree["files"]:
        tree["files"][name]["sha256"] = hashlib.sha256(content).hexdigest()
        (folder / "manifest.json").write_text(json.dumps(tree), "utf-8")


def reach_discovery(folder: Path) -> None:
    """All that is said and shown of a discovery."""
    results = open_results(folder)
    if answer := read_answer(results):
        said = discovery_sentences(answer)
        discovery_tables(answer, said, results.manifest.stamp)
        for name in ("discovery", "peeling")[not answer.box :] if _is_drawn(folder / ANSWER) else ():
            _printed(draw(name, results))


def reach_search(folder: Path) -> None:
    """All that is said and shown of a search."""
    results = open_results(folder)
    if found := read_found(results):
        [*search_sentences(found)]
        tables_of_search(results, found)
        page_of(brief_of_search(results, found))
        for figure in search_figures(results).values() if _is_drawn(folder / SEARCHED) else ():
            _printed(figure)


def _is_drawn(path: Path) -> bool:
    """Whether the figures of an answer are drawn as well: some of many, as each takes a tenth of a second."""
    return hashlib.blake2b(path.read_bytes()).digest()[0] < 256 * DRAWN


def _printed(figure: Figure) -> None:
    figure.savefig(io.BytesIO(), format="svg")


DRAWN = 0.1
"""Share of the answers whose figures are drawn."""
ANSWERS = {ANSWER: reach_discovery, SEARCHED: reach_search}
"""Answers that a folder may hold, and what reaches all of one."""


def reach(folder: Path) -> None:
    """Everything that commands read of a folder; the first that is refused ends it."""
    results = open_results(folder)
    _ = (results.status, results.weights, results.configuration, results.design, results.levelled)
    _ = (results.manifest.doctrine_titles, results.manifest.stamp, results.manifest.version_of_model)
    kept_design(results)
    _ = (results.runs, results.summary, results.counts, results.unreached)
    results.estimate([], ["deterrence_rate", "harm_averted"])
    results.estimate(list(results.manifest.factors), ["deterrence_rate"])
    read_table(folder / TABLE)


MAKES = {f"{Path(name).stem} of a folder": (name, json_like(name)) for name in (*JSON, *ANSWERS)} | {
    f"{Path(name).stem} of a folder": (name, parquet_like(name)) for name in PARQUET
}
"""Targets: a file of a folder, and how it is mutated."""
