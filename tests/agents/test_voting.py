"""Votes in the Council: hand-checked coalitions at the edges of the Treaties' rules, with real populations."""

from collections.abc import Iterable
from typing import Any

import pytest
from support.worlds import begun, row_of, short

from agents.attribution import log_odds
from agents.catalogue import ADOPTION_RULES
from agents.doctrine import VOTING_RULES
from agents.member_state import ABSTAINS, CLAIMS_VITAL_INTEREST, OBJECTS, SUPPORTS
from agents.union.docket import ANSWERED, NEVER, PREPARING, enter
from agents.union.investigation import attribute_nationally
from agents.union.response import intensity, vote
from agents.voting import carries, decide_by_vote, qualified, tally, unanimous
from agents.world import World

EU = short()
SHARE = EU.member_states.shares()
LARGEST = sorted(SHARE, key=SHARE.__getitem__, reverse=True)


def members(names: str) -> list[str]:
    return names.split()


# Nine members with a population just under, exactly at (149.74 of 449.22 million) and just over one third.
ONE_THIRD = [
    members("Germany Spain Bulgaria Croatia Lithuania Latvia Estonia Luxembourg Malta"),
    members("Germany Romania Netherlands Sweden Greece Croatia Slovenia Estonia Cyprus"),
]
UNDER = [*ONE_THIRD[0][:2], "Cyprus", *ONE_THIRD[0][3:]]
OVER = [*ONE_THIRD[0][:3], "Finland", *ONE_THIRD[0][4:]]

FIFTEEN_649 = members(
    "Finland Italy Greece Malta Poland Belgium Spain Cyprus Hungary Austria France Luxembourg Sweden Slovenia "
    "Netherlands"
)
FIFTEEN_650 = members(
    "Cyprus Slovakia Spain Netherlands France Hungary Portugal Belgium Finland Lithuania Bulgaria Croatia Germany "
    "Greece Denmark"
)
NINETEEN_650 = members(
    "Slovakia Belgium Latvia Lithuania Sweden Netherlands Croatia Ireland Poland Germany Luxembourg Greece Denmark "
    "Finland Portugal Austria Slovenia Romania Spain"
)
TWENTY_649 = members(
    "Spain Slovenia Ireland Netherlands Estonia Latvia Finland Italy Slovakia Portugal Denmark Hungary Czechia Croatia "
    "Austria Sweden Lithuania Belgium Cyprus France"
)
TWENTY_650 = members(
    "Germany Cyprus Luxembourg Greece Czechia Bulgaria Austria Slovenia Poland Ireland Denmark Lithuania Romania "
    "Estonia Slovakia Spain Sweden Belgium Portugal Hungary"
)

READINESS = {SUPPORTS: 0.05, ABSTAINS: -0.1, OBJECTS: -0.4, CLAIMS_VITAL_INTEREST: -0.8}


def population(names: Iterable[str]) -> float:
    return sum(SHARE[name] for name in names)


def smallest(count: int) -> list[str]:
    return LARGEST[-count:]


# the rules on paper


def test_the_coalitions_are_what_they_are_said_to_be() -> None:
    assert len(SHARE) == 27
    assert sum(SHARE.values()) == pytest.approx(1.0, abs=1e-12)
    assert 0.32 < population(UNDER) < 1 / 3 - 1e-6
    assert 1 / 3 + 1e-6 < population(OVER) < 0.34
    assert [population(each) for each in ONE_THIRD] == pytest.approx([1 / 3, 1 / 3], abs=1e-15)
    assert {len(each) for each in (UNDER, OVER, *ONE_THIRD)} == {9}
    sizes = [len(each) for each in (FIFTEEN_649, FIFTEEN_650, NINETEEN_650, TWENTY_649, TWENTY_650)]
    assert sizes == [15, 15, 19, 20, 20]
    assert 0.649 < max(population(FIFTEEN_649), population(TWENTY_649)) < 0.65
    assert 0.65 < population(FIFTEEN_650) < 0.651
    assert all(0.65 < population(each) < 0.651 for each in (NINETEEN_650, TWENTY_650))


@pytest.mark.parametrize(
    ("objecting", "abstainers", "passes"),
    [
        (0, [], True),
        (1, [], False),
        (1, ["Malta"], False),
        (0, LARGEST[:8], True),  # 77 % of the population, but eight members
        (0, LARGEST[:9], False),
        (0, smallest(9), True),  # nine members, but 4 % of the population
        (0, UNDER, True),
        (0, OVER, False),
        (0, ONE_THIRD[0], False),  # at least one third blocks
        (0, ONE_THIRD[1], False),
        (0, LARGEST, False),
    ],
)
def test_unanimity_article_31(objecting: int, abstainers: list[str], passes: bool) -> None:
    assert unanimous(27, objecting, len(abstainers), population(abstainers)) == passes


@pytest.mark.parametrize(
    ("supporters", "passes"),
    [
        (LARGEST, True),
        (LARGEST[:14], False),  # 90 % of the population, but fourteen members
        (LARGEST[:15], True),
        (FIFTEEN_649, False),
        (FIFTEEN_650, True),
        (TWENTY_649, False),
        (smallest(24), True),  # 53 % of the population, but three cannot block
        (smallest(23), False),
        (LARGEST[3:], True),
        (LARGEST[4:], False),
    ],
)
def test_qualified_majority_article_16(supporters: list[str], passes: bool) -> None:
    assert qualified(27, len(supporters), population(supporters), 1) == passes


@pytest.mark.parametrize(
    ("supporters", "passes"),
    [
        (TWENTY_650, True),
        (TWENTY_649, False),
        (NINETEEN_650, False),
        (LARGEST[:19], False),  # 98 % of the population, but nineteen members
        (LARGEST[:20], True),
        (smallest(24), False),  # Article 238(2) knows no blocking minority of four
    ],
)
def test_qualified_majority_on_a_members_initiative_article_238(supporters: list[str], passes: bool) -> None:
    assert qualified(27, len(supporters), population(supporters), 0) == passes


# the vote on a case


def council(rule: str = "unanimity", **doctrine: Any) -> World:
    """A Council of members who differ in nothing, with a case of a partner before them and a party clearly named."""
    values = {"doctrine.voting_rule": rule, **{f"doctrine.{name}": value for name, value in doctrine.items()}}
    world = begun(EU.with_values(values))
    world.scenario.audience, world.scenario.abstention_margin, world.scenario.vital_margin = 0.0, 0.2, 0.6
    world.member_states.salience, world.member_states.standard = 0.0, -5.0
    world.member_states.solidarity = READINESS[SUPPORTS]
    world.dependence[:] = 0.0
    enter(world, 0, 0, 27, 4, 0)
    case = world.cases[0]
    case.suspect, case.severity, case.confidence, case.state_confidence, case.right = 0, 0.6, 0.95, 0.95, 1
    world.perpetrators.surfaces[0] = 0
    return world


def take(world: World, stance: int, names: Iterable[str]) -> None:
    """Let these members take a stance."""
    for name in names:
        world.member_states.solidarity[row_of(SHARE, name)] = READINESS[stance]


def decision(world: World, measure: str) -> float:
    return decide_by_vote(world, 0, row_of(EU.measures, measure), 0, 0)


def votes(world: World) -> tuple[int, int, int]:
    case = world.cases[0]
    return int(case.votes_for), int(case.votes_against), int(case.votes_abstaining)


@pytest.mark.parametrize("measure", ["eu_declaration", "asset_freeze", "article_222"])
@pytest.mark.parametrize(
    ("stance", "names", "share", "counted"),
    [
        (SUPPORTS, [], 1.0, (27, 0, 0)),
        (OBJECTS, ["Malta"], 0.0, (26, 1, 0)),
        (ABSTAINS, LARGEST[:8], 1.0, (19, 0, 8)),
        (ABSTAINS, LARGEST[:9], 0.0, (18, 0, 9)),
        (ABSTAINS, UNDER, 1.0, (18, 0, 9)),
        (ABSTAINS, ONE_THIRD[0], 0.0, (18, 0, 9)),
        (ABSTAINS, ONE_THIRD[1], 0.0, (18, 0, 9)),
        (ABSTAINS, OVER, 0.0, (18, 0, 9)),
    ],
)
def test_consensus_and_unanimity_count_members_as_the_treaty_does(
    measure: str, stance: int, names: list[str], share: float, counted: tuple[int, int, int]
) -> None:
    world = council()
    take(world, stance, names)
    assert decision(world, measure) == share
    assert votes(world) == counted
    assert (world.books.votes[0], world.books.votes_failed[0]) == (1, int(share == 0.0))
    assert world.books.restrictive_votes[0] == int(measure == "asset_freeze")


@pytest.mark.parametrize(
    ("initiative", "against", "share"),
    [
        (True, smallest(12), 1.0),
        (True, smallest(13), 0.0),
        (True, LARGEST[:3], 1.0),
        (True, LARGEST[:4], 0.0),
        (True, [name for name in SHARE if name not in FIFTEEN_649], 0.0),
        (True, [name for name in SHARE if name not in FIFTEEN_650], 1.0),
        (False, smallest(7), 1.0),
        (False, smallest(8), 0.0),
        (False, LARGEST[:3], 0.0),
    ],
)
@pytest.mark.parametrize("stance", [OBJECTS, ABSTAINS])
def test_a_qualified_majority_counts_abstention_as_not_in_favour(
    initiative: bool, against: list[str], share: float, stance: int
) -> None:
    world = council("qmv", initiative=initiative)
    take(world, stance, against)
    assert decision(world, "asset_freeze") == share


def test_qualified_majority_is_for_restrictive_measures_alone() -> None:
    world = council("qmv")
    take(world, OBJECTS, ["Malta"])
    assert decision(world, "asset_freeze") == 1.0
    assert decision(world, "eu_declaration") == 0.0


def test_a_vital_interest_stops_a_majority_where_the_doctrine_lets_it() -> None:
    for brake, share in ((True, 0.0), (False, 1.0)):
        world = council("qmv", vital_interest=brake)
        take(world, CLAIMS_VITAL_INTEREST, ["Malta"])
        assert decision(world, "asset_freeze") == share
        assert votes(world) == (26, 1, 0)


def test_the_willing_need_their_quorum_and_carry_their_share() -> None:
    for rule, measure in (("coalition", "asset_freeze"), ("unanimity", "retorsion"), ("qmv", "countermeasures")):
        world = council(rule, coalition_quorum=9)
        take(world, OBJECTS, LARGEST[9:])
        assert decision(world, measure) == pytest.approx(population(LARGEST[:9]), abs=1e-12)
        take(world, CLAIMS_VITAL_INTEREST, LARGEST[8:])
        assert decision(world, measure) == 0.0
        assert votes(world) == (8, 19, 0)


def test_routine_measures_need_no_vote() -> None:
    world = council()
    take(world, CLAIMS_VITAL_INTEREST, LARGEST)
    assert decision(world, "hrvp_statement") == 1.0
    assert world.books.votes[0] == 0


# what moves a member


def stance_of_malta(world: World, measure: str = "asset_freeze") -> int:
    decision(world, measure)
    in_favour, against, abstaining = votes(world)
    assert in_favour >= 26
    return ABSTAINS if abstaining else OBJECTS if against else SUPPORTS


def test_a_member_whose_standard_is_unmet_abstains_or_objects() -> None:
    malta, sure = row_of(SHARE, "Malta"), log_odds(0.95)
    for beyond, stance in ((-0.01, SUPPORTS), (0.01, ABSTAINS), (0.19, ABSTAINS), (0.21, OBJECTS)):
        world = council()
        world.member_states.standard[malta] = sure + beyond
        assert stance_of_malta(world) == stance
        assert stance_of_malta(world, "eu_declaration") == SUPPORTS  # it needs no attribution
    world = council()
    world.cases.state_confidence[0] = 0.5
    world.member_states.standard[malta] = sure - 0.01
    assert stance_of_malta(world, "asset_freeze") == SUPPORTS
    assert stance_of_malta(world, "arms_embargo") == OBJECTS  # it needs the state behind it


def test_dependence_times_cost_speaks_against_and_being_the_victim_for_acting() -> None:
    malta, world = row_of(SHARE, "Malta"), council()
    world.perpetrators.entanglement[0], world.dependence[malta, 0] = 0.5, 1.0
    assert stance_of_malta(world) == ABSTAINS  # 0.05 − 0.5 · 1 · 0.4 = −0.15
    world.dependence[malta, 0] = 3.0
    assert stance_of_malta(world) == OBJECTS
    world.cases.victim[0], world.scenario.victim_bonus = malta, 0.6
    assert stance_of_malta(world) == SUPPORTS


def test_a_clear_word_of_a_credible_union_ties_hands() -> None:
    world = council(clarity=0.5)
    take(world, ABSTAINS, ["Malta"])
    world.scenario.audience, world.council.credibility = 0.4, 0.4
    assert stance_of_malta(world) == ABSTAINS  # −0.1 + 0.4 · 0.5 · 0.4 = −0.02
    world.council.credibility = 0.6
    assert stance_of_malta(world) == SUPPORTS


# joint attribution, and partners


@pytest.mark.parametrize(
    ("unmet", "joint"),
    [([], True), (LARGEST[:8], True), (LARGEST[:9], False), (UNDER, True), (OVER, False)]
    + [(exactly, False) for exactly in ONE_THIRD],
)
@pytest.mark.parametrize("rule", ["unanimity", "qmv", "coalition"])
def test_joint_attribution_needs_consensus_under_every_rule(rule: str, unmet: list[str], joint: bool) -> None:
    world = council(rule)
    for name in unmet:
        world.member_states.standard[row_of(SHARE, name)] = log_odds(0.96)
    world.council.lowest_standard = -5.0
    world.cases.attributed[0] = 5
    attribute_nationally(world, 0, 5)
    assert (world.cases.joint[0] == 5) == joint
    assert world.cases.first_national[0] == 5
    assert world.cases.national[0] == 27 - len(unmet)


@pytest.mark.parametrize(("alignments", "joined"), [((0.9, 0.8, 0.1), 2), ((0.1, 0.1, 0.1), 0), ((0.9, 0.9, 0.9), 3)])
def test_partners_that_join_add_their_weight(alignments: tuple[float, ...], joined: int) -> None:
    world = council(partners=1.0)
    world.partners.alignment, world.partners.weight = 0.0, 0.07
    world.partners.alignment[:3] = alignments
    world.scenario.partner_support, world.scenario.victim_bonus = 0.5, 0.0
    case, measure = world.cases[0], row_of(EU.measures, "asset_freeze")
    case.status, case.measure, case.announced, case.attributed, case.due = PREPARING, measure, 0.45, 3, 9
    vote(world, 0, 9)
    assert (case.status, case.adopted, case.target) == (ANSWERED, 9, 0)
    assert case.bite == pytest.approx((1 + 0.07 * joined) * intensity(world, measure, 0.45), rel=1e-12)
    assert case.expires == 9 + EU.measures["asset_freeze"].duration


def test_partners_join_no_measure_that_is_not_open_to_them() -> None:
    world = council(partners=1.0)
    world.partners.alignment = 1.0
    case, measure = world.cases[0], row_of(EU.measures, "council_conclusions")
    case.status, case.measure, case.announced, case.attributed, case.due = PREPARING, measure, 0.15, 3, 9
    vote(world, 0, 9)
    assert case.bite == 0.15


def test_a_refused_measure_gives_way_to_a_milder_one() -> None:
    world = council()
    take(world, OBJECTS, ["Malta"])
    world.scenario.mean_severity = 0.36
    case, freeze = world.cases[0], row_of(EU.measures, "asset_freeze")
    case.status, case.measure, case.announced, case.attributed, case.due = PREPARING, freeze, 0.45, 3, 9
    vote(world, 0, 9)
    assert (case.status, case.adopted, case.rounds) == (PREPARING, NEVER, 1)
    assert world.measures.bite_high[case.measure] < world.measures.bite_high[freeze]
    assert case.due > 9


@pytest.mark.parametrize("table", ["doctrine", "measures"])
def test_a_rule_without_a_branch_carries_nothing_but_an_error(table: str) -> None:
    """Neither a voting rule nor a way of adoption that is added by its name alone counts as one of the others."""
    world = council("qmv")
    measure = row_of(EU.measures, "asset_freeze")
    votes_cast = tally(world, 0, measure)
    for rule in range(len(VOTING_RULES)):
        world.doctrine.voting_rule = rule
        assert 0.0 <= carries(world, measure, votes_cast) <= 1.0
    if table == "doctrine":
        world.doctrine.voting_rule = len(VOTING_RULES)
    else:
        world.measures.adoption[measure] = len(ADOPTION_RULES)
    with pytest.raises(ValueError, match="has no branch in `carries`"):
        carries(world, measure, votes_cast)
