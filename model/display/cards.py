"""Cards: what an object of deter shows of itself in a notebook, and its short form on one line.

A card has a title, a sentence, facts, a table, further tables folded away, and calls that lead on. All of it is text
that somebody else may have written, and is escaped. jinja2 is imported when a card is shown, not before.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from model.errors import printable

LONGEST = 60
"""Characters of a text on the one line that stands for an object."""
DIGITS = 4
"""Significant digits of a number in a card."""


class Rows(NamedTuple):
    """A table as text: heads, rows of cells, and a note below."""

    heads: Sequence[str]
    cells: Sequence[Sequence[str]]
    note: str = ""


class Card(NamedTuple):
    """What an object shows of itself; `folded` are tables by title, `calls` what each call gives."""

    title: str
    text: str = ""
    facts: Mapping[str, Any] = {}
    rows: Rows | None = None
    folded: Mapping[str, Rows] = {}
    calls: Mapping[str, str] = {}


TEMPLATE = """\
{% set side = "text-align:left" %}
{% macro table(rows) -%}
<table class="dataframe" style="font-size: 90%; border-collapse: separate; border-spacing: 10px 0">
<thead><tr>{% for head in rows.heads %}<th style="{{ side }}">{{ head }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows.cells %}
<tr>{% for cell in row %}<td style="{{ side }}">{{ cell }}</td>{% endfor %}</tr>{% endfor %}
</tbody></table>
{%- if rows.note %}<div style="font-size: 85%; margin-bottom: .5em">{{ rows.note }}</div>{% endif %}
{%- endmacro -%}
<div class="deter-card" style="max-width: 60em; overflow-x: auto">
<div><strong>{{ card.title }}</strong></div>
{% if card.text %}<div><em>{{ card.text }}</em></div>{% endif %}
{% if card.facts %}<div>{% for name, fact in card.facts.items() %}{{ name }}: {{ fact }}
{%- if not loop.last %} · {% endif %}{% endfor %}</div>{% endif %}
{% if card.rows %}{{ table(card.rows) }}{% endif %}
{% for title, rows in card.folded.items() %}<details><summary>{{ title }}</summary>{{ table(rows) }}</details>
{% endfor %}
{% if card.calls %}<div style="font-size: 90%">Next:
{% for call, gives in card.calls.items() %}<code>{{ call }}</code> {{ gives }}
{%- if not loop.last %} · {% endif %}{% endfor %}</div>{% endif %}
</div>"""


@cache
def _template() -> Any:
    from jinja2 import Environment
    from markupsafe import Markup

    def seen(value: Any) -> Any:
        return value if isinstance(value, Markup) else printable(str(value))

    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=seen).from_string(TEMPLATE)


def html(card: Card) -> str:
    """Return a card as HTML, with everything in it escaped."""
    return str(_template().render(card=card))


def line(kind: str, title: str, *facts: str) -> str:
    """Return the one line that stands for an object: <Results “Clarity”: complete, 15 runs>."""
    called = f" “{short(title)}”" if title else ""
    said = f": {', '.join(fact for fact in facts if fact)}" if any(facts) else ""
    return printable(f"<{kind}{called}{said}>")


def short(text: str) -> str:
    """Return a text cut to the length that one line has room for."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def cell(value: Any) -> str:
    """Return a value as text: numbers to four digits with a true minus, a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}".replace("-", "−") if value == value else "–"
    return printable(str(value))


def rows(heads: Sequence[str], values: Iterable[Sequence[Any]], note: str = "") -> Rows:
    """Return a table of values as text."""
    return Rows(heads, [[cell(value) for value in row] for row in values], note)


class Page(str):
    """A page of HTML: text like any other, which a notebook shows as the page that it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<Page of HTML: {len(self):,} characters, for write_text>"

    def _repr_html_(self) -> str:
        """Show the page in a frame of its own, so that its styles and those of the notebook stay apart."""
        from markupsafe import escape

        frame = '<iframe srcdoc="{}" style="width: 100%; height: 40em; border: 1px solid #ccc" sandbox=""></iframe>'
        return frame.format(escape(str(self)))
