"""A doctrine that was found, as a file that says how."""

import json

from analysis.search.answer import Found, Judged, tally, with_interval
from experiments.search.stages import Plan
from model.policy import Doctrine

HEADS = ("title", "idea", "source")
SEARCHED = "found by deter search: a number that did well in the model, and no more"
"""Source of the numbers that were searched."""


def saved(plan: Plan, winner: Judged, found: Found, stamp: str) -> str:
    """The doctrine file of a winner: TOML that `--doctrine` takes."""
    doctrine = plan.base.with_values(dict(winner.values)).doctrine
    lead = found.lead
    gain = with_interval(lead.metric, winner.gain[lead.key], difference=True)
    changed = tally(found, winner)
    idea = (
        f"Found by a search, not thought out: {winner.name.replace('_', ' ')} of {len(found.tried)} candidates for "
        f"{', '.join(found.objectives)}. On worlds that the search had not seen, {lead.words} against "
        f"{found.reference}: {gain}."
        f"{f' {changed}.' if changed else ''}"
    )
    size = f"{found.worlds} worlds × {found.replicates} replicates, seed {plan.seed}"
    source = f"deter search: {plan.experiment.title}; {size}; {stamp}"
    head = {"title": f"Found: {winner.name.replace('_', ' ')}", "idea": idea, "source": source}
    lines = [f"{key} = {_toml(text)}" for key, text in head.items()]
    lines += ["", *(f"{key} = {_toml(getattr(doctrine, key))}" for key in Doctrine.model_fields if key not in HEADS)]
    lines += [
        "",
        "[sources]",
        f"default = {_toml(f'as in {plan.experiment.doctrine}, from which the search departed')}",
    ]
    searched = [path.partition(".")[2] for path in plan.space.factors]
    lines += [f"{key} = {_toml(SEARCHED)}" for key in searched]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """A text, a number, or true and false; JSON writes them as TOML does."""
    return json.dumps(value, ensure_ascii=False)
