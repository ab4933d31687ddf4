"""Texts of a user that some medium would take for more than text, and an experiment that is full of them."""

import json
import re
from pathlib import Path

from model.errors import printable
from model.loading import CONFIGS

NASTY = (
    "a [/b] c [pilot] $x$ $_\\frac{ :smile: _x_ ^ \\ % & # {} {0} {{ 7*7 }} {% x %} <b>\"'</script> | =1+1 ~ `c` "
    "\x1b[2J\x07\x08\x9b \u202e\u200b <!-- %s"
)
SEEN = printable(NASTY)
"""As it is shown."""
DOCTRINES = ("=cmd [b]x[-b] $a$ &_%#^{}~", "-d <i>' \u202e\x1b[2J")
"""Names of files that state doctrines."""
NEAR = (0.712345, 0.712346)
"""Levels that are alike in four digits."""
SHORT = ["--set", "scenario.time.weeks=52", "--set", "scenario.time.burn_in=6"]


def nasty_experiment(folder: Path) -> Path:
    """Write doctrines and an experiment whose every text and name is nasty; returns its file."""
    text = (CONFIGS / "doctrines" / "clear_ladder.toml").read_text("utf-8")
    for key in ("title", "idea", "source"):
        text = re.sub(rf'(?s){key} = ("""|").*?\1', lambda _, key=key: f"{key} = {json.dumps(NASTY)}", text, count=1)
    for place, name in enumerate(DOCTRINES, start=1):
        (folder / f"{name}.toml").write_text(text.replace("clarity = 0.9", f"clarity = 0.{place}"), "utf-8")
    names = [f"./{name}.toml" for name in DOCTRINES]
    path = folder / "e {x} $1.toml"
    path.write_text(
        f"title = {json.dumps(NASTY)}\nquestion = {json.dumps(NASTY)}\nreplicates = 3\nseed = 3\n[factors]\n"
        f'doctrine = {json.dumps(names)}\n"scenario.investigation.skill" = {list(NEAR)}\n',
        "utf-8",
    )
    return path
