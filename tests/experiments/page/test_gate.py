import hashlib
import re
from base64 import b64encode

from experiments.page.gate import PLOT_STYLES
from experiments.page.server import STATIC

CLASS = "plot"
"""Class of the page's pictures."""


def test_the_styles_that_plot_writes_are_those_allowed() -> None:
    source = (STATIC / "vendor" / "plot.umd.min.js").read_text("utf-8")
    texts = [
        re.sub(r"\$\{\w+\}", CLASS, text.replace("\\n", "\n"))
        for text in re.findall(r'append\("style"\)\.text\(`(.*?)`\)', source, re.DOTALL)
    ]
    hashes = {f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}" for text in texts}
    assert hashes == set(PLOT_STYLES)
