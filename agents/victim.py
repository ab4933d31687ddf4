"""Victims: what Member States and partners have in common as targets. Member States come first, partners after them."""

from agents.foundation.columns import Columns, natural, real
from agents.foundation.compiled import Tables, rule

VICTIM = Columns(
    entity=natural("number under which it draws"),
    exposure=real("attractiveness as a victim, relative"),
    base_resilience=real("resilience without toolbox, 0 to 1"),
    resilience=real("resilience, 0 to 1"),
    resilience_gained=real("resilience gained from measures on cases, fading"),
)


@rule
def recover(world: Tables, row: int, week: int) -> None:
    """Resilience follows its base, the trend and the standing programmes; what measures on cases added fades."""
    victim = world.victims[row]
    victim.resilience_gained = victim.resilience_gained * world.keep[0].resilience
    level = min(1.0, max(0.0, victim.base_resilience + world.council[0].resilience_drift))
    gained = min(1.0, world.council[0].programme_resilience + victim.resilience_gained)
    victim.resilience = min(0.999, level + (1.0 - level) * gained)
