"""Formulas as MathML, which browsers show without scripts or fonts from elsewhere."""

import re
from html import unescape
from typing import Any

SPAN = re.compile(r'<(?P<tag>span|div) class="arithmatex">\\(?P<open>[(\[])(?P<tex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL)


def math_of(tex: str, *, block: bool) -> str:
    """A formula of LaTeX as MathML; the source stays as its annotation for readers of the page's text."""
    from latex2mathml.converter import convert

    tex = tex.strip().replace("{aligned}", "{align*}")  # the converter knows this name of it alone
    made = convert(re.sub(r"\\_", "_", tex) if "\\text" in tex else tex, display="block" if block else "inline")
    return f'<div class="formula" tabindex="0">{made}</div>' if block else str(made)


def with_formulas(html: str) -> str:
    """The HTML of a page with its inline formulas made."""
    return SPAN.sub(lambda found: math_of(unescape(found["tex"]), block=found["open"] == "["), html)


def fence(source: str, *_: Any, **__: Any) -> str:
    """A block marked `math`."""
    return math_of(source, block=True)
