"""The story of a run as a page in Markdown."""

import re

from analysis.labels import INVENTED
from analysis.story.ledger import RunRecord
from analysis.story.narrative import Section
from model.errors import printable


def markdown(run: RunRecord, sections: list[Section], picture: str | None) -> str:
    """The story as a page, with the file of its picture if there is one."""
    blocks = [f"# {_plain(run.title)}", f"**{INVENTED}**", *map(_plain, sections[0].paragraphs)]
    blocks += [f"![Cases, votes and what followed]({picture})"] if picture else []
    for section in sections[1:]:
        blocks += [f"## {_plain(section.heading)}", *map(_plain, section.paragraphs)]
    return "\n\n".join(blocks) + "\n"


def _plain(text: str) -> str:
    """A text in Markdown, in which none of its letters is a mark."""
    return re.sub(r"([\\`*_\[\]<>&|~$#])", r"\\\1", printable(text))
