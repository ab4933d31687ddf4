"""Pages made from the code: every public name, and the agents that a user may subclass."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "model": ("Model", "A world that one steps, agent by agent, and its twin."),
    "experiments": ("Experiments", "Designs, sweeps, single runs, comparisons and searches."),
    "analysis": ("Results and findings", "What a folder of results holds, and what follows from it."),
    "agents": ("Agents", "The agents of the model, which a model of your own may subclass."),
}
"""Pages by the package whose names they have: title, and what these are."""
AGENTS = (
    *("agents.perpetrator.Perpetrator", "agents.member_state.MemberState", "agents.partner.Partner"),
    *("agents.union.council.Council", "agents.union.case.Case"),
)
"""The faces of the rows of a world."""
BESIDE = (
    "analysis.results.folder.Results",
    "analysis.comparison.comparison.Comparison",
    "model.errors.ConfigurationError",
)
"""What public functions give or raise, although it is no public name itself."""


class Public(NamedTuple):
    """A name of the Python reference: as a user writes it, and where it is defined."""

    name: str
    module: str
    own: str

    @property
    def path(self) -> str:
        """The dotted path under which the reference has it."""
        return f"{self.module}.{self.own}"

    @property
    def page(self) -> str:
        """The page that describes it, below docs/."""
        return f"reference/api-{self.module.partition('.')[0]}.md"


def public_names() -> list[Public]:
    """Every public name, in the order of its module."""
    import deter

    found = []
    for name, place in deter._PUBLIC.items():
        module, _, own = place.partition(":")
        found.append(Public(f"deter.{name}", module, own or name))
    for path in (*BESIDE, *AGENTS):
        module, _, own = path.rpartition(".")
        if path not in {one.path for one in found}:
            found.append(Public(own, module, own))
    return found


def place_of(name: str) -> str | None:
    """The page and anchor of a public name, with or without `deter.`; None where it is no public name."""
    for one in public_names():
        if name in {one.name, one.name.removeprefix("deter."), one.own}:
            return f"{one.page}#{one.path}"
    return None


def api_pages() -> dict[str, str]:
    """The pages by their path below docs/."""
    pages = {}
    for package, (title, what) in PAGES.items():
        names = [one for one in public_names() if one.module.partition(".")[0] == package]
        pages[f"reference/api-{package}.md"] = "\n".join(
            [f"# {title}", "", what, "", *_listed(names), *_described(names)]
        )
    return pages


def _listed(names: list[Public]) -> Iterator[str]:
    """The names of a page, each with the first sentence of its docstring."""
    yield "| name | what it is or does |\n| --- | --- |"
    for one in names:
        said = first_sentence(one).replace("|", "&#124;")
        yield f"| [`{one.name}`](#{one.path}) | {said} |"
    yield ""


def _described(names: list[Public]) -> Iterator[str]:
    for one in names:
        file = f"../../{one.module.replace('.', '/')}.py"
        aliased = f" Public as `{one.name}`." if one.name.rpartition(".")[2] != one.own else ""
        yield f"::: {one.path}\n"
        if one.path in AGENTS:
            yield "\n".join(_columns(one))
        yield f"<p class='defined' markdown>Defined in [`{one.own}`]({file}).{aliased}</p>\n"


def _columns(one: Public) -> Iterator[str]:
    """The columns of an agent's row, which are its properties."""
    columns = getattr(import_module(one.module), one.own).columns
    yield "| property | meaning and unit |\n| --- | --- |"
    yield from (f"| `{name}` | {doc.replace('|', '&#124;')} |" for name, doc in columns.docs.items())
    yield ""


def first_sentence(one: Public) -> str:
    """What a public name is or does, in the first sentence of its docstring."""
    tree = ast.parse((ROOT / f"{one.module.replace('.', '/')}.py").read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == one.own:
            first = (ast.get_docstring(node) or "").partition("\n\n")[0]
            return " ".join(first.split())
    return ""
