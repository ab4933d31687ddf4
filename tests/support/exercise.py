"""A small exercise, all of whose texts are hostile, and each of which says for whom it is."""

from json import dumps as quoted  # as TOML has it too
from pathlib import Path

SCRIPT = "<script>document.body.dataset.hacked = 1</script>\"'&"
"""What a text must never become."""
ROLES = ("presidency", "chair", "delegation", "partner", "red_team")


def mark(what: str, *roles: str) -> str:
    """A text that says what it is, and for which roles."""
    return f"[{what} for {' '.join(roles)}]"


def hostile(what: str) -> str:
    """A text as TOML has it, with what it must never become."""
    return quoted(f"{what} {SCRIPT}")


TEXT = f"""
title = {hostile("Drill")}
idea = "For tests."
horizon = 8

[sources]
default = "invented"

[world]
begins = 2010-03-01
red_team = "major_power_a"
partner = {hostile("Corvania")}
delegation = {hostile("Lorania")}

[world.cast]
Altania = "Austria"
{hostile("Corvania")} = "New Zealand"
{hostile("Lorania")} = "Denmark"

[rounds.first]
title = {hostile("First")}
week = 0
minutes = 10
task = {hostile("Decide.")}

[rounds.second]
title = "Second"
week = 3
minutes = 10
task = "Decide again."

[rounds.third]
title = "Third"
week = 6
minutes = 10
task = "Decide at last."

[injects.cut]
title = {hostile("Power cut")}
week = 0
from = {hostile("CERT")}
text = {hostile("It is dark.")}
act = {{ perpetrator = "service_unit_a1", victim = "Altania", activity = "disruption", before = 2 }}
question = {{ text = {hostile("What now?")}, options = [{hostile("Speak")}, "Wait"] }}

[injects.cut.attachments]
{hostile("Annex")} = {hostile("Annexed.")}

[injects.later]
title = "{mark("later title", "nobody yet")}"
week = 6
from = "{mark("later sender", "nobody yet")}"
text = "{mark("later text", "nobody yet")}"

[injects.never]
title = "{mark("never", "nobody")}"
week = 5
from = "nobody"
condition = {{ attributed = ["cut"], not_attributed = ["cut"] }}
text = "{mark("never", "nobody")}"
act = {{ perpetrator = "contractor_b1", victim = "Altania", activity = "hack_and_leak", before = 1, false_flag = true }}
"""
NOTE = """
[injects.note_{0}]
title = "[title for {0}]"
week = 0
from = "[sender for {0}]"
to = ["{0}"]
text = "[text for {0}]"
question = {{ text = "[question for {0}]", options = ["[option for {0}]", "other"] }}
attachments = {{ "[name for {0}]" = "[annex for {0}]" }}
"""


def write_exercise(path: Path) -> Path:
    """Write the exercise into a file."""
    path.write_text(TEXT + "".join(NOTE.format(role) for role in ROLES), "utf-8")
    return path
