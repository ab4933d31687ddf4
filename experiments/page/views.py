"""The views that a browser may ask, by name."""

from experiments.page import about, again, explore, surface
from experiments.page.comparing.view import compared
from experiments.page.exercise.views import VIEWS as EXERCISE
from experiments.page.folders import cells, contents, listing, runs, story
from experiments.page.line import View
from experiments.page.world import watch

VIEWS: dict[str, View] = {
    "about": about.about,
    "parameters": about.parameters,
    "command": again.command,
    "explore": explore.figures,
    "surface": surface.surface,
    "folders": listing.folders,
    "folder": contents.folder,
    "cells": cells.cells,
    "runs": runs.runs,
    "story": story.story,
    "watch": watch.world,
    "compare": compared,
    **EXERCISE,
}
"""Each answers over the line of whoever asks; a name here is a name there."""
