"""The Union's credibility: what it delivers of what could lawfully be announced, kept in each class of severity.

One number for all would let a hundred kept mild promises cover a broken severe one.
"""

from agents.belief import CLASSES, believed, severity_class
from agents.foundation.compiled import Tables, rule
from agents.union.tracks import delivered


@rule
def weigh_outcome(world: Tables, case_row: int) -> None:
    """Weigh an attributed case that ended: what was promised for it, and what was delivered, discounted publicly.

    A promise weighs as much as the bite promised, so that many kept words do not cover a broken deed. Books keep what
    perpetrators believed of such a case, and what it brought, each averaged over perpetrators with their own discount.
    """
    case = world.cases[case_row]
    council = world.council[0]
    books = world.books[0]
    place = severity_class(case.severity)
    bite, lateness = delivered(world, case_row, world.council[0].log_discount, -1)
    council.promised[place] += case.announced
    council.fulfilled[place] += min(case.announced, bite)
    council.delivered[place] += bite
    council.lateness[place] += lateness
    books.ended_severity_by_class[place] += case.severity
    parties = len(world.perpetrators)
    for row in range(parties):
        party = world.perpetrators[row]
        books.believed_bite_by_class[place] += case.severity * max(0.0, believed(world, row, place)[0]) / parties
        reached, _ = delivered(world, case_row, party.log_discount, party.kind)
        books.delivered_bite_by_class[place] += reached / parties


@rule
def lose_credibility(world: Tables, severity: float) -> None:
    """Lose a share of the credibility in a class because an attribution of such an act turned out to be wrong."""
    council = world.council[0]
    place = severity_class(severity)
    prior = world.classes[place]
    held = prior.credibility_weight * prior.credibility + council.fulfilled[place]
    council.fulfilled[place] -= world.scenario[0].credibility_lost * held


@rule
def move_credibility(world: Tables, row: int) -> None:
    """Let each class's credibility be what was delivered of what was promised, lately and with what was first believed.

    A ratio of two fading sums, the mean of a beta belief that forgets. (A step with each case would be too high: what
    can be delivered at once is limited, so that many cases at a time are kept worst, and soon over.) Votes and figures
    use the mean of the classes, weighted by what was promised in them.
    """
    council = world.council[row]
    weights = 0.0
    total = 0.0
    for place in range(len(CLASSES)):
        council.promised[place] *= world.keep[0].credibility
        council.fulfilled[place] *= world.keep[0].credibility
        council.delivered[place] *= world.keep[0].credibility
        council.lateness[place] *= world.keep[0].credibility
        prior = world.classes[place]
        weight = prior.credibility_weight + council.promised[place]
        kept = (prior.credibility_weight * prior.credibility + council.fulfilled[place]) / weight
        council.kept[place] = max(0.0, kept)
        weights += weight
        total += weight * council.kept[place]
    council.credibility = total / weights
