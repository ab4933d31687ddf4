"""What published theory says, in closed form or exactly computed: oracles that the model is held to.

Each module is one theory, and none knows of the model; `figures` draws them.
"""

from analysis.theory.attribution import attribution_game
from analysis.theory.blame import blame_game
from analysis.theory.race import attribution_race
from analysis.theory.richardson import spiral
from analysis.theory.timing import timing_threshold
from analysis.theory.voting import voting_power

__all__ = ["attribution_game", "attribution_race", "blame_game", "spiral", "timing_threshold", "voting_power"]
