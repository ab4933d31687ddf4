"""The views that a browser may ask, by name."""

from experiments.page import about, again, explore, surface
from experiments.page.comparing.view import compared
from experiments.page.line import View

VIEWS: dict[str, View] = {
    "about": about.about,
    "parameters": about.parameters,
    "command": again.command,
    "explore": explore.figures,
    "surface": surface.surface,
    "compare": compared,
}
"""Each answers over the line of whoever asks; a name here is a name there."""
