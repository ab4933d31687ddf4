"""What the public record holds of the docket. Nobody in the model acts on it."""

from typing import Any

from agents.foundation.compiled import Tables, rule
from agents.foundation.randomness import REPORT, draw


@rule
def draw_reports(world: Tables, uniforms: Any) -> None:
    """Draw a uniform in [0, 1) for each case of the ledger: it is reported where that is below its year's share."""
    for row in range(len(uniforms)):
        case = world.ledger[row]
        uniforms[row] = draw(world, case.opened, case.entity, REPORT, case.begun).first
