"""How the Council decides: consensus and unanimity, qualified majority, or the willing alone."""

from typing import NamedTuple

from agents.attribution import log_odds
from agents.catalogue import CONSENSUS, NEEDS_STATE, RESTRICTIVE, ROUTINE, WILLING
from agents.doctrine import COALITION, QMV, UNANIMITY
from agents.foundation.compiled import Tables, rule
from agents.member_state import ABSTAINS, CLAIMS_VITAL_INTEREST, SUPPORTS, position

ROUNDING = 1e-12


@rule
def unanimous(members: int, objecting: int, abstaining: int, abstaining_population: float) -> bool:
    """Article 31(1) TEU: no objection, and not both a third of the members and of the population abstaining.

    Populations are shares of the whole.
    """
    blocked = 3 * abstaining >= members and 3.0 * abstaining_population >= 1.0 - ROUNDING
    return objecting == 0 and not blocked


@rule
def qualified(members: int, supporting: int, supporting_population: float, initiative: int) -> bool:
    """Article 16(4) TEU: 55 % of the members with 65 % of the population, where fewer than four cannot block.

    Of 27 members 55 % are the Treaty's fifteen.

    Where neither the High Representative nor the Commission proposes, Article 238(2) TFEU asks 72 % of the members.
    """
    populous = supporting_population >= 0.65 - ROUNDING
    if initiative == 0:
        return 100 * supporting >= 72 * members and populous
    return 100 * supporting >= 55 * members and (populous or members - supporting < 4)


class Tally(NamedTuple):
    """Votes on a measure: members, and the shares of the population that they stand for."""

    supporting: int
    objecting: int
    abstaining: int
    vital: int
    supporting_population: float
    abstaining_population: float


@rule
def tally(world: Tables, case_row: int, measure_row: int) -> Tally:
    """Let every member take its position on a measure."""
    case, measure = world.cases[case_row], world.measures[measure_row]
    certainty = log_odds(case.state_confidence if measure.attribution == NEEDS_STATE else case.confidence)
    supporting = 0
    abstaining = 0
    vital = 0
    supporting_population = 0.0
    abstaining_population = 0.0
    members = len(world.member_states)
    for member in range(members):
        stance = position(world, member, case_row, measure_row, certainty)
        if stance == SUPPORTS:
            supporting += 1
            supporting_population += world.member_states[member].population
        elif stance == ABSTAINS:
            abstaining += 1
            abstaining_population += world.member_states[member].population
        elif stance == CLAIMS_VITAL_INTEREST:
            vital += 1
    objecting = members - supporting - abstaining
    return Tally(supporting, objecting, abstaining, vital, supporting_population, abstaining_population)


@rule
def carries(world: Tables, measure_row: int, votes: Tally) -> float:
    """The share of the Union that carries a measure under the rule for it; 0 where it fails.

    A measure that the willing take binds them alone: it bites with their share of the population. Raises `ValueError`
    for a rule that has no branch here.
    """
    adoption = world.measures[measure_row].adoption
    doctrine = world.doctrine[0]
    members = len(world.member_states)
    if adoption == CONSENSUS or (adoption == RESTRICTIVE and doctrine.voting_rule == UNANIMITY):
        agreed = unanimous(members, votes.objecting, votes.abstaining, votes.abstaining_population)
        return 1.0 if agreed else 0.0
    if adoption == RESTRICTIVE and doctrine.voting_rule == QMV:
        stopped = doctrine.vital_interest == 1 and votes.vital > 0
        passed = qualified(members, votes.supporting, votes.supporting_population, doctrine.initiative)
        return 1.0 if passed and not stopped else 0.0
    if adoption == WILLING or (adoption == RESTRICTIVE and doctrine.voting_rule == COALITION):
        return votes.supporting_population if votes.supporting >= doctrine.coalition_quorum else 0.0
    raise ValueError("the rule by which a measure is voted on has no branch in `carries`")


@rule
def decide_by_vote(world: Tables, case_row: int, measure_row: int, week: int, reaction: int) -> float:
    """Put a measure to those who decide on it; returns the share of the Union that carries it, 0 where it fails.

    Votes are written into the case, into the books and, where a ledger is kept, into that.
    """
    case = world.cases[case_row]
    adoption = world.measures[measure_row].adoption
    case.votes_for = case.votes_against = case.votes_abstaining = 0
    if adoption == ROUTINE:
        return 1.0
    votes = tally(world, case_row, measure_row)
    case.votes_for, case.votes_against, case.votes_abstaining = votes.supporting, votes.objecting, votes.abstaining
    share = carries(world, measure_row, votes)
    count_vote(world, adoption == RESTRICTIVE, share)
    if len(world.votes) > 0:
        write_vote(world, case_row, measure_row, week, reaction, share)
    return share


@rule
def count_vote(world: Tables, restrictive: bool, share: float) -> None:
    """Enter a vote in the books."""
    books = world.books[0]
    books.votes += 1
    books.votes_failed += int(share == 0.0)
    if restrictive:
        books.restrictive_votes += 1
        books.restrictive_failed += int(share == 0.0)


@rule
def write_vote(world: Tables, case_row: int, measure_row: int, week: int, reaction: int, share: float) -> None:
    """Write a vote down, where a ledger is kept."""
    council = world.council[0]
    if council.votes_written >= len(world.votes):
        council.overflow = 1
        return
    case = world.cases[case_row]
    vote = world.votes[council.votes_written]
    council.votes_written += 1
    vote.week, vote.begun, vote.victim = week, case.begun, case.victim
    vote.culprit, vote.suspect = case.culprit, case.suspect
    vote.measure, vote.reaction, vote.share = measure_row, reaction, share
    vote.supporting, vote.objecting, vote.abstaining = case.votes_for, case.votes_against, case.votes_abstaining
