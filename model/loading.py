"""Files of a configuration: finding them, reading TOML, keeping the source of every number."""

import os
import re
import tomllib
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

from model.actors import Archetype, MemberStates, Partners, Perpetrator
from model.catalogues import Activity, Instrument
from model.errors import ConfigurationError, listing, nearest_name
from model.parameters import Name, by_path
from model.paths import Tree, paths, validated
from model.policy import Doctrine
from model.scenario import CATALOGUES, Scenario

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
BASE = "base"
"""Entry of a scenario that names the one it departs from."""
DEFAULT = "default"
"""Entry of `[sources]` for every value that no other entry covers."""

SECTIONS: dict[str, dict[str, Any]] = {
    "activities": {"activities": dict[Name, Activity]},
    "measures": {"measures": dict[Name, Instrument]},
    "perpetrators": {"archetypes": dict[Name, Archetype], "perpetrators": dict[Name, Perpetrator]},
    "member_states": {"member_states": MemberStates},
    "partners": {"partners": Partners},
}
"""Sections that each catalogue file holds, with their types."""

MARKS: dict[str, set[str]] = {
    "an experiment": {"factors"},
    "a scenario": {"base", "time", "severity", "detection", "investigation"},
    "a doctrine": {"clarity", "firmness", "proportionality", "voting_rule"},
    **{f"a catalogue of {name.replace('_', ' ')}": set(sections) for name, sections in SECTIONS.items()},
}
"""Keys by which a file of each kind is known, where it holds another kind than it should."""

LARGEST = 512 * 1024
"""Largest file in bytes: room for ten thousand points of a list; of more, the worst take the parser seconds."""
DEEPEST = 32
"""Most levels of tables and lists in a file."""
MOST_PATTERNS = 100
"""Most entries of `[sources]` with `*`, each of which is held against every path."""
LONGEST = 10_000
"""Most characters of a number or of a key without quotes."""
OFTEN = 32 * 1024
"""Longest text whose tree is kept: twice what the largest shipped file has."""
_BARE = r"[\w+-]"
_PART = rf"""(?:{_BARE}{{1,{LONGEST}}}+|"(?:[^"\\\n]++|\\.)*+"?|'[^'\n]*+'?)"""
_DOT = r"[ \t]*+\.[ \t]*+"
TOKENS = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:""")?'
    r"|'''(?:[^']++|'(?!''))*+(?:''')?"
    r"|#[^\n]*+"
    rf"|(?P<long>(?<={_BARE}){_BARE})"
    rf"|{_PART}(?:{_DOT}{_PART}){{0,{DEEPEST - 1}}}+(?P<deep>{_DOT}{_PART})?",
    re.DOTALL,
)
"""Texts, comments, keys and numbers of TOML, so far as to find those of `parse` that are out of all bounds.

Each begins behind the last and gives nothing back, so that the time is in proportion to the length of the file.
"""

Source = str | Path
T = TypeVar("T")


class Loaded(NamedTuple):
    """A part of the configuration, the file it came from, and its sources by path in the configuration."""

    value: Any
    file: Path | None
    sources: dict[str, str]


def shipped(kind: str) -> list[str]:
    """Names of the shipped scenarios, doctrines, experiments or catalogues."""
    folders = sorted(path.name for path in CONFIGS.iterdir() if path.is_dir())
    if kind not in folders:
        raise ConfigurationError("is not shipped with deter", value=kind, allowed=", ".join(folders))
    return sorted(path.stem for path in (CONFIGS / kind).glob("*.toml"))


def find(kind: str, name: Source, beside: Path | None = None) -> Path:
    """The file for a shipped name, or for a path to a .toml file (relative to the file `beside`, if given)."""
    names = shipped(kind)
    allowed = f"{listing(names)}, or a path to a .toml file"
    if not isinstance(name, (str, Path)):
        raise ConfigurationError("is not a name", value=name, allowed=allowed)
    if isinstance(name, Path) or name.endswith(".toml") or "/" in name or "\\" in name:
        path = (beside.parent if beside else Path()) / os.path.expanduser(name)
        if not os.path.lexists(path):
            nearest = _nearest_file(path, names)
            raise ConfigurationError("there is no such file", value=Path(name), allowed=allowed, nearest=nearest)
        return path
    if name not in names:
        # `mine` may be meant for the file `mine.toml` beside the one that names it, or in the working directory
        at_hand = [path.stem for path in (beside.parent if beside else Path()).glob("*.toml")]
        nearest = nearest_name(name, [*names, *at_hand])
        nearest = f"{nearest}.toml" if nearest in at_hand else nearest
        others = [other for other in ("doctrines", "scenarios", "experiments") if name in shipped(other)]
        among = f", but among the {others[0]}" if others else ""
        problem = f"is not among the shipped {kind}{among}"
        raise ConfigurationError(problem, value=name, allowed=allowed, nearest=nearest)
    return CONFIGS / kind / f"{name}.toml"


def _nearest_file(path: Path, names: list[str]) -> str | None:
    """The file beside a path that does not exist, or else the shipped name, that is most like it."""
    beside = [other.stem for other in path.parent.glob("*.toml")] if os.path.isdir(path.parent) else []
    nearest = nearest_name(path.stem, beside, cutoff=0.6)
    return f"{nearest}.toml" if nearest else nearest_name(path.stem, names, cutoff=0.6)


def content_of(path: Path, largest: int) -> bytes:
    """The bytes of a file that holds at most so many; raises `ConfigurationError` for others, `OSError`.

    A pipe or a terminal would be waited for, and a device such as /dev/zero never ends.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise ConfigurationError("is a device or a pipe", file=str(path), allowed="a file")
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ConfigurationError(f"is larger than {largest >> 10:,} KiB", file=str(path), allowed="a smaller file")
    return content


def read_toml(path: Path) -> Tree:
    """The content of a TOML file, with errors that name the file and the line."""
    try:
        return parse(content_of(path, LARGEST).decode("utf-8-sig").replace("\r\n", "\n"))
    except ConfigurationError as error:
        raise error.at(str(path)) from None
    except FileNotFoundError:
        problem = "is a link to a file that does not exist" if path.is_symlink() else "there is no such file"
        raise ConfigurationError(problem, file=str(path)) from None
    except IsADirectoryError:
        raise ConfigurationError("is a folder", file=str(path), allowed="a .toml file") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"is not UTF-8 text (byte {error.start})", file=str(path)) from None
    except OSError as error:
        raise ConfigurationError(f"cannot be read ({error.strerror})", file=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"is not valid TOML: {error}", file=str(path)) from None


def parse(text: str) -> Tree:
    """TOML as a tree; raises `TOMLDecodeError` where it is none, `ConfigurationError` where it is out of all bounds.

    Of a key of many parts the parser keeps every beginning, and a number of many digits takes it a hundred times the
    memory: neither reaches it. The parser takes half the time in which a configuration is loaded, mostly from the same
    files again: of the texts read last it is asked once.
    """
    return cast(Tree, _copied(_parsed(text) if len(text) <= OFTEN else _parsed.__wrapped__(text)))


def _copied(node: Any) -> Any:
    """A tree of one's own, to be changed at will."""
    if isinstance(node, dict):
        return {key: _copied(value) for key, value in node.items()}
    return [_copied(item) for item in node] if isinstance(node, list) else node


@lru_cache(32)
def _parsed(text: str) -> Tree:
    for token in TOKENS.finditer(text):
        if token["deep"]:
            raise ConfigurationError(f"is nested more than {DEEPEST} levels deep")
        if token["long"]:
            raise ConfigurationError(f"holds a number or key of more than {LONGEST:,} characters")
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise ConfigurationError(f"is nested more than {DEEPEST} levels deep") from None
    except ValueError:
        raise ConfigurationError("holds a number with thousands of digits") from None
    level: list[Any] = [tree]
    for _ in range(DEEPEST):
        inner = [node.values() if isinstance(node, dict) else node for node in level]
        level = [item for node in inner for item in node if isinstance(item, (dict, list))]
    if level:
        raise ConfigurationError(f"is nested more than {DEEPEST} levels deep")
    return tree


def refuse_another(kind: str, tree: Tree, file: str) -> None:
    """Say in one message, instead of key by key, that a file is empty or of another kind; `kind` is one of `MARKS`."""
    if not tree:
        raise ConfigurationError(f"is empty; {kind} is needed here", file=file)
    if MARKS[kind].isdisjoint(tree):
        other = next((other for other, marks in MARKS.items() if not marks.isdisjoint(tree)), None)
        if other:
            raise ConfigurationError(f"holds {other}; {kind} is needed here", file=file)


def read_sources(table: Any, tree: Tree, file: str) -> dict[str, str]:
    """The table `[sources]` of a file: path in the file → source.

    An entry covers everything below its path, `*` stands for any one name (a whole one), and `default` covers the rest,
    which is an assumption unless stated.
    """
    if not isinstance(table, dict):
        raise ConfigurationError("is not a table", file=file, key="sources", value=table)
    sources = {DEFAULT: "assumption"}
    known = dict.fromkeys([*paths(tree), DEFAULT])
    parts = [(path, path.split(".")) for path in known]
    entries = _entries(table, file)
    patterns = [key for key in entries if "*" in key]
    if len(patterns) > MOST_PATTERNS:
        problem = f"has {len(patterns):,} entries with *"
        raise ConfigurationError(problem, file=file, key="sources", allowed=f"{MOST_PATTERNS} or fewer")
    # patterns first, so that exact paths win
    for key, text in sorted(entries.items(), key=lambda entry: "*" not in entry[0]):
        where = f"sources.{key}"
        if not isinstance(text, str) or not text:
            raise ConfigurationError("is not a text in quotes", file=file, key=where, value=text)
        covered = _covered(key, known, parts)
        if not covered:
            raise ConfigurationError(
                "matches nothing in this file", file=file, key=where, nearest=nearest_name(key, known)
            )
        sources |= dict.fromkeys(covered, text)
    return sources


def _covered(key: str, known: Collection[str], parts: list[tuple[str, list[str]]]) -> list[str]:
    """The paths that a key names; `parts` are the known paths with their names."""
    if "*" not in key:
        return [key] if key in known else []
    names = key.split(".")
    places = [(place, name) for place, name in enumerate(names) if name != "*"]
    return [path for path, at in parts if len(at) == len(names) and all(at[place] == name for place, name in places)]


def _entries(table: Tree, file: str) -> dict[str, Any]:
    try:
        return by_path(table)
    except ConfigurationError as error:
        raise error.at(file, "sources") from None


def load_doctrine(doctrine: Source | Doctrine, at: str = "doctrine") -> Loaded:
    """A doctrine by shipped name, path or as an object; `at` is its path in the configuration."""
    if isinstance(doctrine, Doctrine):
        return Loaded(doctrine, None, {at: doctrine.source})
    return _load(Doctrine, _found("doctrines", doctrine, at), "a doctrine", at)


def load_scenario(scenario: Source | Scenario) -> Loaded:
    """A scenario by shipped name, path or as an object, without its catalogues."""
    if isinstance(scenario, Scenario):
        return Loaded(scenario, None, {"scenario": "given in Python"})
    path = _found("scenarios", scenario, "scenario")
    tree, sources = _in_full(path, [])
    return Loaded(validated(Scenario, tree, file=str(path), at="scenario"), path, sources)


def _in_full(path: Path, above: list[Path]) -> tuple[Tree, dict[str, str]]:
    """A scenario's tree and sources; what a file with a `base` does not state is as that scenario has it.

    `above` are the files that build on this one.
    """
    file, tree = str(path), read_toml(path)
    refuse_another("a scenario", tree, file)
    base, table = tree.pop(BASE, None), tree.pop("sources", {})
    below, sources = _beneath(base, path, above) if base is not None else ({}, {})
    full = merged(below, tree)
    validated(Scenario, full, file=file, at="scenario")
    entries = read_sources(table, tree, file)
    own = {"scenario": entries.pop(DEFAULT), **{f"scenario.{key}": text for key, text in entries.items()}}
    if base is None:
        return full, own
    stated = {at: _covering(own, at) for at in (f"scenario.{key}" for key in leaves(tree))}
    kept = {key: text for key, text in sources.items() if not any(f"{key}.".startswith(f"{at}.") for at in stated)}
    del own["scenario"]  # that covers what is stated here, and nothing of what is beneath
    return full, kept | stated | own


def _beneath(base: Any, path: Path, above: list[Path]) -> tuple[Tree, dict[str, str]]:
    """The tree and the sources of a base, as the scenario of this file takes them."""
    beneath = _found("scenarios", base, BASE, path)
    if beneath.resolve() in [each.resolve() for each in (*above, path)]:
        raise ConfigurationError("builds on itself", file=str(path), key=BASE, value=base)
    tree, sources = _in_full(beneath, [*above, path])
    for key in ("title", "idea"):
        tree.pop(key)  # a scenario of its own has its own
    for catalogue, name in tree.get("catalogues", {}).items():
        if name not in shipped("catalogues"):  # a path counts from the file that states it
            tree["catalogues"][catalogue] = str(
                _found("catalogues", name, f"catalogues.{catalogue}", beneath).resolve()
            )
    return tree, sources


def _covering(sources: dict[str, str], path: str) -> str:
    """The source of the entry at a path, or else of the nearest above it, one of which there is."""
    while path not in sources:
        path = path.rpartition(".")[0]
    return sources[path]


def leaves(tree: Tree) -> Iterator[str]:
    """Paths of what is no table."""
    for key, value in tree.items():
        yield from (f"{key}.{below}" for below in leaves(value)) if isinstance(value, dict) else (key,)


def merged(below: Tree, tree: Tree) -> Tree:
    """One tree laid upon another: what it states stands."""
    both = {
        key: merged(below[key], tree[key])
        for key in tree
        if isinstance(below.get(key), dict) and isinstance(tree[key], dict)
    }
    return below | tree | both


def _found(kind: str, name: Source, key: str, beside: Path | None = None) -> Path:
    try:
        return find(kind, name, beside)
    except ConfigurationError as error:
        raise error.at(str(beside) if beside else None, key) from None


def _load(kind: type[T], path: Path, what: str, at: str) -> Loaded:
    tree = read_toml(path)
    refuse_another(what, tree, str(path))
    table = tree.pop("sources", {})
    value = validated(kind, tree, file=str(path), at=at)
    entries = read_sources(table, tree, str(path))
    sources = {at: entries.pop(DEFAULT), **{f"{at}.{key}": text for key, text in entries.items()}}
    return Loaded(value, path, sources)


def load_catalogues(scenario: Loaded) -> dict[str, Loaded]:
    """The catalogues that a scenario names, by section of the configuration."""
    sections: dict[str, Loaded] = {}
    for catalogue in CATALOGUES:
        name = getattr(scenario.value.catalogues, catalogue)
        path = _found("catalogues", name, f"catalogues.{catalogue}", scenario.file)
        sections |= _load_catalogue(path, catalogue)
    return sections


def _load_catalogue(path: Path, catalogue: str) -> dict[str, Loaded]:
    file, tree, kinds = str(path), read_toml(path), SECTIONS[catalogue]
    refuse_another(f"a catalogue of {catalogue.replace('_', ' ')}", tree, file)
    table, names = tree.pop("sources", {}), [*kinds, "sources"]
    for name in tree:
        if name not in kinds:
            nearest = nearest_name(name, names)
            raise ConfigurationError("unknown table", file=file, key=name, allowed=", ".join(names), nearest=nearest)
    values = {}
    for name, kind in kinds.items():
        if name not in tree:
            raise ConfigurationError("is missing", file=file, key=name)
        values[name] = validated(kind, tree[name], file=file, below=name)
    entries = read_sources(table, tree, file)
    default = entries.pop(DEFAULT)
    covered = {
        name: {name: default, **{key: text for key, text in entries.items() if key.split(".")[0] == name}}
        for name in kinds
    }
    return {name: Loaded(value, path, covered[name]) for name, value in values.items()}
