"""Votes in the Council: hand-checked coalitions at the edges of the Treaties' rules, with real populations."""

from collections.abc import Iterable
from typing import Any

import pytest
from support.worlds import begun, case_against, row_of, short

from agents.attribution import log_odds
from agents.catalogue import ADOPTION_RULES
from agents.doctrine import VOTING_RULES
from agents.foundation.randomness import STANCE, draw, normal, pair
from agents.member_state import ABSTAINS, CLAIMS_VITAL_INTEREST, OBJECTS, SUPPORTS, UNCONVINCED, position, readiness
from agents.partner import backing
from agents.union.docket import NEVER
from agents.union.investigation import attribute_jointly
from agents.union.tracks import DOSSIER, JOINT, OWN, REACTION, STATEMENT
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

READINESS = {SUPPORTS: 0.05, ABSTAINS: -0.1, OBJECTS: -0.4}
DEPENDENT = 3.0
"""Dependence of a member for which every measure that is voted on here touches a vital interest."""


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
    scenario = world.scenario
    scenario.audience = scenario.stance_noise = 0.0
    scenario.abstention_margin, scenario.vital_margin = 0.2, 0.6
    world.member_states.salience, world.member_states.reluctance, world.member_states.standard = 0.0, 0.0, -5.0
    world.member_states.solidarity = READINESS[SUPPORTS]
    world.dependence[:] = 0.0
    world.perpetrators.entanglement[0] = 1.0
    case = case_against(world, 0, severity=0.6)
    case.confidence = case.state_confidence = 0.95
    return world


def take(world: World, stance: int, names: Iterable[str]) -> None:
    """Let these members take a stance."""
    for name in names:
        row = row_of(SHARE, name)
        if stance == UNCONVINCED:
            world.member_states.standard[row] = log_odds(0.96)
        elif stance == CLAIMS_VITAL_INTEREST:
            world.dependence[row, 0] = DEPENDENT
        else:
            world.member_states.solidarity[row] = READINESS[stance]


def decision(world: World, measure: str, kind: int = DOSSIER) -> float:
    return decide_by_vote(world, 0, kind, row_of(EU.measures, measure), 0)


def votes(world: World, kind: int = DOSSIER) -> tuple[int, int, int, int]:
    """Members in favour, against, abstaining, and of those unconvinced."""
    track = world.tracks[kind]
    return int(track.supporting), int(track.objecting), int(track.abstaining), int(track.unconvinced)


@pytest.mark.parametrize("measure", ["eu_declaration", "asset_freeze", "arms_embargo"])
@pytest.mark.parametrize(
    ("stance", "names", "passes", "counted"),
    [
        (SUPPORTS, [], True, (27, 0, 0, 0)),
        (OBJECTS, ["Malta"], False, (26, 1, 0, 0)),
        (ABSTAINS, LARGEST[:8], True, (19, 0, 8, 0)),
        (ABSTAINS, LARGEST[:9], False, (18, 0, 9, 0)),
        (ABSTAINS, UNDER, True, (18, 0, 9, 0)),
        (ABSTAINS, ONE_THIRD[0], False, (18, 0, 9, 0)),
        (ABSTAINS, ONE_THIRD[1], False, (18, 0, 9, 0)),
        (ABSTAINS, OVER, False, (18, 0, 9, 0)),
        (UNCONVINCED, LARGEST, True, (0, 0, 27, 27)),  # doubt never prevents unanimity
        (UNCONVINCED, OVER, True, (18, 0, 9, 9)),
    ],
)
def test_consensus_and_unanimity_count_members_as_the_treaty_does(
    measure: str, stance: int, names: list[str], passes: bool, counted: tuple[int, int, int, int]
) -> None:
    """Who declares an abstention need not apply the decision; who abstains for doubt must."""
    world = council()
    take(world, stance, names)
    exempt = population(names) if stance == ABSTAINS else 0.0
    assert decision(world, measure) == pytest.approx(1.0 - exempt if passes else 0.0, abs=1e-12)
    assert votes(world) == counted
    assert (world.books.votes[0], world.books.votes_failed[0]) == (1, int(not passes))
    restrictive = measure != "eu_declaration"
    assert world.books.restrictive_votes[0] == int(restrictive)
    assert world.books.objections[0] == (counted[1] if restrictive and not passes else 0)


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
@pytest.mark.parametrize("stance", [OBJECTS, ABSTAINS, UNCONVINCED])
def test_a_qualified_majority_counts_abstention_and_doubt_as_not_in_favour(
    initiative: bool, against: list[str], share: float, stance: int
) -> None:
    """And it binds all, abstainers too."""
    world = council("qmv", initiative=initiative)
    take(world, stance, against)
    assert decision(world, "asset_freeze") == share


def test_qualified_majority_is_for_restrictive_measures_alone_and_never_for_arms() -> None:
    world = council("qmv")
    take(world, OBJECTS, ["Malta"])
    assert decision(world, "asset_freeze") == 1.0
    assert decision(world, "eu_declaration") == 0.0
    assert decision(world, "arms_embargo") == 0.0


def test_a_vital_interest_stops_a_majority_where_the_doctrine_lets_it() -> None:
    for brake, share in ((True, 0.0), (False, 1.0)):
        world = council("qmv", vital_interest=brake)
        take(world, CLAIMS_VITAL_INTEREST, ["Malta"])
        assert decision(world, "asset_freeze") == share
        assert votes(world) == (26, 1, 0, 0)


def test_a_coalition_lists_nobody_but_by_unanimity() -> None:
    """Enhanced cooperation in foreign policy needs it (Article 329(2) TFEU)."""
    world = council("coalition", coalition_quorum=9)
    take(world, ABSTAINS, ["Malta"])
    assert decision(world, "asset_freeze") == pytest.approx(1.0 - SHARE["Malta"])
    take(world, OBJECTS, ["Malta"])
    assert decision(world, "asset_freeze") == 0.0


@pytest.mark.parametrize("measure", ["retorsion", "countermeasures"])
def test_the_willing_need_their_quorum_and_carry_their_share(measure: str) -> None:
    world = council("coalition", coalition_quorum=9)
    take(world, OBJECTS, LARGEST[9:])
    assert decision(world, measure, OWN) == pytest.approx(population(LARGEST[:9]), abs=1e-12)
    take(world, CLAIMS_VITAL_INTEREST, LARGEST[8:])
    assert decision(world, measure, OWN) == 0.0
    assert votes(world, OWN) == (8, 19, 0, 0)


@pytest.mark.parametrize(("measure", "kind"), [("hrvp_statement", STATEMENT), ("article_222", REACTION)])
def test_routine_measures_need_no_vote(measure: str, kind: int) -> None:
    """Nor does what the state that was hit invokes."""
    world = council()
    take(world, OBJECTS, LARGEST)
    assert decision(world, measure, kind) == 1.0
    assert world.books.votes[0] == 0


# what moves a member


def stance_of_malta(world: World, measure: str = "asset_freeze", kind: int = DOSSIER) -> int:
    certainty = log_odds(0.95)
    return position(world, row_of(SHARE, "Malta"), 0, kind, row_of(EU.measures, measure), certainty, 0)


def test_a_member_whose_standard_is_unmet_abstains_however_ready_or_loath_it_is() -> None:
    malta, sure = row_of(SHARE, "Malta"), log_odds(0.95)
    for solidarity in (9.0, -9.0):
        world = council()
        world.member_states.solidarity[malta], world.member_states.standard[malta] = solidarity, sure + 0.01
        assert stance_of_malta(world) == UNCONVINCED
        assert stance_of_malta(world, "eu_declaration", REACTION) != UNCONVINCED  # it names nobody
        world.member_states.standard[malta] = sure - 0.01
        assert stance_of_malta(world) == (SUPPORTS if solidarity > 0 else OBJECTS)


def test_for_what_needs_the_state_it_asks_for_evidence_on_the_state() -> None:
    world = council()
    world.cases.state_confidence[0] = 0.5
    world.member_states.standard[row_of(SHARE, "Malta")] = log_odds(0.95) - 0.01
    world.member_states.standard[row_of(SHARE, "France")] = log_odds(0.5) - 0.01
    for measure, unconvinced in (("asset_freeze", 0), ("arms_embargo", 1)):
        decision(world, measure)
        assert votes(world)[3] == unconvinced


def test_after_errors_came_to_light_every_member_asks_for_more() -> None:
    world = council()
    world.member_states.standard = log_odds(0.95) - 0.1
    assert stance_of_malta(world) == SUPPORTS
    world.council.caution = 0.11
    assert stance_of_malta(world) == UNCONVINCED


def test_dependence_and_reluctance_times_cost_speak_against_and_being_the_victim_for_acting() -> None:
    malta, world = row_of(SHARE, "Malta"), council()
    world.perpetrators.entanglement[0], world.dependence[malta, 0] = 0.5, 1.0
    assert stance_of_malta(world) == ABSTAINS  # 0.05 − 0.5 · 1 · 0.4 = −0.15
    world.dependence[malta, 0], world.member_states.reluctance[malta] = 0.0, 0.5
    assert stance_of_malta(world) == ABSTAINS
    world.dependence[malta, 0] = 1.0
    assert stance_of_malta(world) == OBJECTS  # −0.35
    world.cases.victim[0], world.scenario.victim_bonus = malta, 0.4
    assert stance_of_malta(world) == SUPPORTS


def test_a_vital_interest_is_one_of_dependence_and_not_of_reluctance() -> None:
    """Where a member objects; entanglement counts as well as its dependence, and cost."""
    malta = row_of(SHARE, "Malta")
    for dependence, reluctance, stance in (
        (1.51, 0.0, CLAIMS_VITAL_INTEREST),  # 0.4 · 1.51 = 0.604
        (1.49, 0.0, OBJECTS),
        (0.0, 9.0, OBJECTS),
        (1.49, 9.0, OBJECTS),
    ):
        world = council()
        world.dependence[malta, 0], world.member_states.reluctance[malta] = dependence, reluctance
        assert stance_of_malta(world) == stance
    world = council()
    world.dependence[malta, 0], world.member_states.solidarity[malta] = 1.51, 0.5
    assert stance_of_malta(world) == ABSTAINS, "who does not object claims nothing"
    world.member_states.solidarity[malta], world.perpetrators.entanglement[0] = 0.05, 0.9
    assert stance_of_malta(world) == OBJECTS


def test_a_clear_word_of_a_credible_union_ties_hands_while_it_is_heard() -> None:
    world = council(clarity=0.5)
    take(world, ABSTAINS, ["Malta"])
    world.scenario.audience, world.council.credibility, world.council.heard = 0.4, 0.4, 1.0
    assert stance_of_malta(world) == ABSTAINS  # −0.1 + 0.4 · 0.5 · 0.4 = −0.02
    world.council.credibility = 0.6
    assert stance_of_malta(world) == SUPPORTS
    world.council.heard = 0.8
    assert stance_of_malta(world) == ABSTAINS


def test_partners_that_join_and_severity_speak_for_acting() -> None:
    for joined, salience, stance in (
        (0.0, 0.0, ABSTAINS),
        (0.3, 0.0, ABSTAINS),
        (0.4, 0.0, SUPPORTS),
        (0.0, 0.2, SUPPORTS),
    ):
        world = council()
        take(world, ABSTAINS, ["Malta"])
        world.scenario.partner_backing, world.cases.backing[0] = 0.3, joined
        world.member_states.salience = salience
        assert stance_of_malta(world) == stance


def test_what_else_sways_a_member_is_drawn_once_by_member_case_and_track() -> None:
    world = council()
    world.scenario.stance_noise = 0.7
    freeze, case = row_of(EU.measures, "asset_freeze"), world.cases[0]
    for member, kind in ((3, DOSSIER), (3, JOINT), (4, DOSSIER)):
        who = pair(world.victims.entity[member], case.entity)
        uniforms = draw(world, 6, who, STANCE, int(case.begun), kind)
        expected = READINESS[SUPPORTS] + 0.7 * normal(uniforms.first, uniforms.second)
        for measure in (freeze, freeze + 1):
            assert readiness(world, member, 0, kind, measure, 6) == pytest.approx(expected, rel=1e-12)
    drawn = {readiness(world, member, 0, kind, freeze, 6) for member in range(27) for kind in range(5)}
    assert len(drawn) == 27 * 5


# joint attribution, and partners


@pytest.mark.parametrize("unmet", [[], ["Malta"], LARGEST])
@pytest.mark.parametrize("rule", ["unanimity", "qmv", "coalition"])
def test_joint_attribution_needs_the_silence_of_all_under_every_rule(rule: str, unmet: list[str]) -> None:
    world = council(rule)
    take(world, UNCONVINCED, unmet)
    world.council.highest_standard = world.member_states.standard.max()
    attribute_jointly(world, 0, 5)
    assert world.cases.joint[0] == (NEVER if unmet else 5)


@pytest.mark.parametrize(
    ("column", "value", "joint"),
    [
        ("state_confidence", 0.0, False),  # nothing leads to a state
        ("attributed", NEVER, False),
        ("attributed", 24, True),
        ("attributed", 23, False),  # the window has shut
        ("joint", 2, False),  # it was done already
    ],
)
def test_joint_attribution_comes_once_of_a_state_and_within_its_window(column: str, value: float, joint: bool) -> None:
    world = council()
    world.council.highest_standard, world.scenario.answer_window = -5.0, 26
    world.cases.attributed[0] = 30
    world.cases[column][0] = value
    attribute_jointly(world, 0, 50)
    assert (world.cases.joint[0] == 50) == joint


def test_who_intends_nothing_attributes_nothing_jointly() -> None:
    for firmness, joint in ((0.0, NEVER), (0.01, 5)):
        world = council(firmness=firmness)
        world.council.highest_standard = -5.0
        attribute_jointly(world, 0, 5)
        assert world.cases.joint[0] == joint


def test_caution_after_errors_breaks_the_silence() -> None:
    for caution, joint in ((0.0, 5), (0.02, NEVER)):
        world = council()
        world.council.highest_standard, world.council.caution = log_odds(0.95) - 0.01, caution
        attribute_jointly(world, 0, 5)
        assert world.cases.joint[0] == joint


@pytest.mark.parametrize(
    ("alignment", "partners", "severity", "victim", "joins"),
    [
        (0.5, 1.0, 0.36, 0, 0.5),  # mean severity: 2 · 0.5 · 0.5
        (0.5, 1.0, 0.18, 0, 0.25),
        (0.5, 0.4, 0.36, 0, 0.2),
        (0.9, 1.0, 0.72, 0, 1.0),  # no more than wholly
        (0.5, 1.0, 0.18, 27, 0.25 + 0.3),  # the victim
        (0.0, 1.0, 0.9, 27, 0.0),
        (0.9, 0.0, 0.9, 27, 0.0),
    ],
)
def test_partners_join_by_alignment_severity_and_whether_they_were_hit(
    alignment: float, partners: float, severity: float, victim: int, joins: float
) -> None:
    world = council(partners=partners)
    world.scenario.mean_severity, world.scenario.partner_support, world.scenario.victim_bonus = 0.36, 0.5, 0.3
    world.partners.alignment, world.partners.weight = 0.0, 0.07
    world.partners.alignment[0] = alignment
    world.cases.severity, world.cases.victim = severity, victim
    assert backing(world, 0) == pytest.approx(0.07 * joins, abs=1e-12)


@pytest.mark.parametrize("table", ["doctrine", "measures"])
def test_a_rule_without_a_branch_carries_nothing_but_an_error(table: str) -> None:
    """Neither a voting rule nor a way of adoption that is added by its name alone counts as one of the others."""
    world = council("qmv")
    measure = row_of(EU.measures, "asset_freeze")
    votes_cast = tally(world, 0, DOSSIER, measure, 0)
    for rule in range(len(VOTING_RULES)):
        world.doctrine.voting_rule = rule
        assert 0.0 <= carries(world, measure, votes_cast) <= 1.0
    if table == "doctrine":
        world.doctrine.voting_rule = len(VOTING_RULES)
    else:
        world.measures.adoption[measure] = len(ADOPTION_RULES)
    with pytest.raises(ValueError, match="`carries` has no branch"):
        carries(world, measure, votes_cast)
