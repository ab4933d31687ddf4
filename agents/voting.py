"""How the Council decides: consensus and unanimity, qualified majority, or the willing alone."""

from typing import NamedTuple

from agents.attribution import log_odds
from agents.catalogue import CONSENSUS, NEEDS_STATE, RESTRICTIVE, RESTRICTIVE_CATEGORY, ROUTINE, WILLING
from agents.doctrine import COALITION, QMV, UNANIMITY
from agents.foundation.compiled import Tables, rule
from agents.member_state import ABSTAINS, CLAIMS_VITAL_INTEREST, SUPPORTS, UNCONVINCED, position
from agents.union.script import instructed
from agents.union.tracks import track_row

ROUNDING = 1e-12


@rule
def unanimous(members: int, objecting: int, abstaining: int, abstaining_population: float) -> bool:
    """Article 31(1) TEU: no objection, and not both a third of the members and of the population declaring abstention.

    Populations are shares of the whole. Who abstains without a declaration does not prevent unanimity (238(4) TFEU).
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
    abstaining: int  # by declaration, which exempts from the decision
    unconvinced: int  # abstaining for want of evidence
    vital: int
    supporting_population: float
    abstaining_population: float


@rule
def tally(world: Tables, case_row: int, kind: int, measure_row: int, week: int) -> Tally:
    """Let every member take its position on a measure, written down for the next vote where a ledger is kept.

    Positions that no vote follows give their place to those of the next.
    """
    case, measure = world.cases[case_row], world.measures[measure_row]
    certainty = log_odds(case.state_confidence if measure.attribution == NEEDS_STATE else case.confidence)
    supporting = abstaining = unconvinced = vital = 0
    supporting_population = 0.0
    abstaining_population = 0.0
    members = len(world.member_states)
    place = world.council[0].votes_written
    kept = place < len(world.positions)
    for member in range(members):
        stance = instructed(world, member, case_row, kind, week)
        if stance < 0:
            stance = position(world, member, case_row, kind, measure_row, certainty, week)
        if kept:
            world.positions[place, member] = stance
        if stance == SUPPORTS:
            supporting += 1
            supporting_population += world.member_states[member].population
        elif stance == ABSTAINS:
            abstaining += 1
            abstaining_population += world.member_states[member].population
        elif stance == UNCONVINCED:
            unconvinced += 1
        elif stance == CLAIMS_VITAL_INTEREST:
            vital += 1
    objecting = members - supporting - abstaining - unconvinced
    return Tally(supporting, objecting, abstaining, unconvinced, vital, supporting_population, abstaining_population)


@rule
def carries(world: Tables, measure_row: int, votes: Tally) -> float:
    """The share of the Union that carries a measure under the rule for it; 0 where it fails.

    Under unanimity declared abstainers need not apply the decision, a majority binds all, and what the willing take
    binds them alone. A coalition of the willing may not list anybody: that stays under unanimity (Article 329(2) TFEU).
    Raises `ValueError` for a rule that has no branch here.
    """
    adoption = world.measures[measure_row].adoption
    doctrine = world.doctrine[0]
    members = len(world.member_states)
    by_unanimity = doctrine.voting_rule == UNANIMITY or doctrine.voting_rule == COALITION
    if adoption == CONSENSUS or (adoption == RESTRICTIVE and by_unanimity):
        agreed = unanimous(members, votes.objecting, votes.abstaining, votes.abstaining_population)
        return 1.0 - votes.abstaining_population if agreed else 0.0
    if adoption == RESTRICTIVE and doctrine.voting_rule == QMV:
        stopped = doctrine.vital_interest == 1 and votes.vital > 0
        passed = qualified(members, votes.supporting, votes.supporting_population, doctrine.initiative)
        return 1.0 if passed and not stopped else 0.0
    if adoption == WILLING:
        return votes.supporting_population if votes.supporting >= doctrine.coalition_quorum else 0.0
    raise ValueError("`carries` has no branch for this voting rule")


@rule
def decide_by_vote(world: Tables, case_row: int, kind: int, measure_row: int, week: int) -> float:
    """Put a track's measure to those who decide on it; returns the share of the Union that carries it, else 0.

    Votes are written into the track, into the books and, where a ledger is kept, into that.
    """
    adoption = world.measures[measure_row].adoption
    if adoption == ROUTINE:
        return 1.0
    votes = tally(world, case_row, kind, measure_row, week)
    track = world.tracks[track_row(case_row, kind)]
    track.supporting, track.objecting = votes.supporting, votes.objecting
    track.abstaining, track.unconvinced = votes.abstaining + votes.unconvinced, votes.unconvinced
    share = carries(world, measure_row, votes)
    restrictive = world.measures[measure_row].category == RESTRICTIVE_CATEGORY
    count_vote(world, restrictive, share, votes.objecting)
    if len(world.votes) > 0:
        write_vote(world, case_row, kind, measure_row, week, share)
    return share


@rule
def count_vote(world: Tables, restrictive: bool, share: float, objecting: int) -> None:
    """Enter a vote in the books."""
    books = world.books[0]
    books.votes += 1
    books.votes_failed += int(share == 0.0)
    if restrictive:
        books.restrictive_votes += 1
        books.restrictive_failed += int(share == 0.0)
        books.objections += objecting if share == 0.0 else 0


@rule
def write_vote(world: Tables, case_row: int, kind: int, measure_row: int, week: int, share: float) -> None:
    """Write a vote down, where a ledger is kept."""
    council = world.council[0]
    if council.votes_written >= len(world.votes):
        council.overflow = 1
        return
    case = world.cases[case_row]
    track = world.tracks[track_row(case_row, kind)]
    vote = world.votes[council.votes_written]
    council.votes_written += 1
    vote.week, vote.begun, vote.victim = week, case.begun, case.victim
    vote.culprit, vote.suspect = case.culprit, case.suspect
    vote.measure, vote.track, vote.share = measure_row, kind, share
    vote.supporting, vote.objecting = track.supporting, track.objecting
    vote.abstaining, vote.unconvinced = track.abstaining, track.unconvinced
