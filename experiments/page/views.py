"""The views that a browser may ask, by name."""

from experiments.page import about, again, explore, surface
from experiments.page.line import View
from experiments.page.world import watch

VIEWS: dict[str, View] = {
    "about": about.about,
    "parameters": about.parameters,
    "command": again.command,
    "explore": explore.figures,
    "surface": surface.surface,
    "watch": watch.world,
}
"""Each answers over the line of whoever asks; a name here is a name there."""
