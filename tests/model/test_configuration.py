"""The configuration layer: what is shipped loads, what is wrong is refused in one clear message."""

import json
import math
import pickle
from itertools import product
from pathlib import Path

import pytest

from agents.catalogue import ACTIVITY, CATEGORIES, DIMENSIONS, MEASURE
from agents.doctrine import DOCTRINE, SWITCHES
from agents.foundation.columns import Columns
from agents.member_state import MEMBER_PRIOR
from agents.partner import PARTNER_PRIOR
from agents.perpetrator import PRIOR
from agents.scenario import SCENARIO
from model.actors import MemberTraits, PartnerTraits, TraitOverrides
from model.catalogues import Activity, Measure
from model.configuration import Configuration, ConfigurationError, load_configuration, shipped
from model.loading import CONFIGS, read_sources, read_toml
from model.parameters import Settings
from model.policy import Fixed, Switches

STATES = (
    "russia",
    "china",
    "iran",
    "korea",
    "united states",
    "israel",
    "belarus",
    "india",
    "pakistan",
    "turk",
    "syria",
)


@pytest.fixture(scope="module")
def baseline() -> Configuration:
    return load_configuration()


def message(configuration: Configuration, path: str, value: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        configuration.with_values({path: value})
    return str(caught.value)


def write(folder: Path, kind: str, name: str, *changes: tuple[str, str]) -> Path:
    text = (CONFIGS / kind / f"{name}.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


# what is shipped


@pytest.mark.parametrize(("scenario", "doctrine"), list(product(shipped("scenarios"), shipped("doctrines"))))
def test_every_shipped_scenario_loads_with_every_doctrine(scenario: str, doctrine: str) -> None:
    configuration = load_configuration(scenario, doctrine)
    assert configuration.reference.doctrine.firmness == 0
    assert configuration.reference.switches == configuration.switches == Switches()


def test_the_shipped_world_has_the_size_it_claims(baseline: Configuration) -> None:
    assert len(baseline.member_states.members) == 27
    assert len(baseline.partners.members) == 11
    assert len(baseline.perpetrators) == 40
    assert {measure.category for measure in baseline.measures.values()} == set(CATEGORIES)
    assert math.isclose(sum(baseline.member_states.shares().values()), 1)


def test_activities_stand_in_order_of_severity(baseline: Configuration) -> None:
    severities = list(baseline.severities().values())
    assert severities == sorted(severities)
    assert next(iter(baseline.activities.values())).is_restraint
    assert list(baseline.activities)[baseline.severe_rung] == "supply_chain"
    scope_only = baseline.with_values(
        {f"scenario.severity.weights.{name}": 0.0 for name in DIMENSIONS if name != "scope"}
    )
    assert scope_only.severities()["espionage"] == 0.25
    assert list(scope_only.severities().values()) == sorted(scope_only.severities().values())


def test_without_toolbox_nothing_is_announced_or_taken() -> None:
    none = load_configuration(doctrine="none").doctrine
    efforts = (none.preventive, none.cooperative, none.stability, none.support, none.partners, none.due_diligence)
    assert not any((none.firmness, none.clarity, none.campaign_interval, *efforts))


def test_every_measure_exists_in_the_illustrative_scenario() -> None:
    configuration = load_configuration("illustrative")
    assert all(measure.available <= configuration.scenario.time.start for measure in configuration.measures.values())


def test_no_perpetrator_bears_the_name_of_a_country(baseline: Configuration) -> None:
    tables = (baseline.perpetrators, baseline.archetypes)
    names = " ".join(f"{name} {entry.title}" for table in tables for name, entry in table.items()).lower()
    countries = [*STATES, *baseline.member_states.members, *baseline.partners.members]
    assert not [country for country in countries if country.lower() in names]


def test_the_headline_experiment_varies_parameters_that_exist() -> None:
    experiment = read_toml(CONFIGS / "experiments" / "headline.toml")
    configuration = load_configuration(experiment["scenario"], experiment["doctrine"])
    for path, levels in experiment["factors"].items():
        for level in levels:
            configuration.with_values({path: level})


# fields and columns


@pytest.mark.parametrize(
    ("settings", "columns", "computed", "split"),
    [
        (Fixed, DOCTRINE, set(), set()),
        (Switches, SWITCHES, set(), set()),
        (Activity, ACTIVITY, {"entity", "severity", "surfacing"}, set()),
        (Measure, MEASURE, {"entity"}, {"bite", "delay"}),
        (MemberTraits, MEMBER_PRIOR, {f"{name}_spread" for name in MemberTraits.model_fields}, set()),
        (PartnerTraits, PARTNER_PRIOR, {f"{name}_spread" for name in PartnerTraits.model_fields}, set()),
        (TraitOverrides, PRIOR, {f"{name}_spread" for name in TraitOverrides.model_fields}, set()),
    ],
)
def test_fields_are_the_columns(
    settings: type[Settings], columns: Columns, computed: set[str], split: set[str]
) -> None:
    fields = set(settings.model_fields) - {"title", "idea", "source"}
    fields = fields - split | {f"{name}_{end}" for name in split for end in ("low", "high")}
    assert fields == set(columns) - computed


def test_scenario_sections_fill_every_column(baseline: Configuration) -> None:
    assert set(baseline.scenario.columns_of()) == set(SCENARIO) - {"severe_rung"}


def test_a_scenario_that_states_no_structure_has_logit_choices_and_linear_severity(illustrative: Configuration) -> None:
    stated = read_toml(CONFIGS / "scenarios" / "illustrative.toml")
    assert not {"rule", "tremble", "exponent"} & {*stated["choice"], *stated["severity"]}
    assert illustrative.scenario.choice.rule == "logit"
    assert illustrative.scenario.severity.exponent == 1.0


def test_every_parameter_has_unit_meaning_source_and_lies_in_its_range(baseline: Configuration) -> None:
    parameters = list(baseline.parameters())
    assert len({parameter.path for parameter in parameters}) == len(parameters) > 500
    for parameter in parameters:
        assert parameter.unit, parameter.path
        assert parameter.doc, parameter.path
        assert parameter.source, parameter.path
        if isinstance(parameter.value, float) and parameter.low is not None:
            assert parameter.low <= parameter.value <= (math.inf if parameter.high is None else parameter.high)


def test_every_parameter_can_be_set_to_what_it_is(baseline: Configuration) -> None:
    values = {parameter.path: parameter.value for parameter in baseline.parameters()}
    again = baseline.with_values(values)
    assert again.model_dump(exclude={"sources"}) == baseline.model_dump(exclude={"sources"})


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*/*.toml")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_file_states_its_sources(path: Path) -> None:
    tree = read_toml(path)
    assert "default" in tree["sources"]
    assert read_sources(tree.pop("sources"), tree, str(path))


# variation by path


def test_values_are_set_by_path_and_the_original_stays(baseline: Configuration) -> None:
    varied = baseline.with_values(
        {
            "doctrine.clarity": 1,
            "scenario.investigation.skill": 0.5,
            "measures.asset_freeze.cost": 0.2,
            "measures.asset_freeze.delay.high": 300,
            "archetypes.major_power.capability.mean": 0.9,
            "perpetrators.service_unit_a1.stealth.mean": 0.95,
        }
    )
    assert varied.doctrine.clarity == 1.0
    assert isinstance(varied.doctrine.clarity, float)
    assert varied.scenario.investigation.skill == 0.5
    assert varied.measures["asset_freeze"].delay == (40.0, 300.0)
    assert varied.traits("service_unit_a1")["stealth"].mean == 0.95
    assert varied.traits("service_unit_a1")["stealth"].spread == baseline.traits("service_unit_a1")["stealth"].spread
    assert varied.source("doctrine.clarity") == "set by the user"
    assert baseline.doctrine.clarity == 0.4
    assert baseline.perpetrators["service_unit_a1"].stealth is None


def test_whole_parts_are_replaced_by_name_before_finer_paths_apply(baseline: Configuration) -> None:
    varied = baseline.with_values({"doctrine.clarity": 0.3, "doctrine": "swift_qmv", "scenario": "illustrative"})
    assert (varied.doctrine.voting_rule, varied.doctrine.clarity) == ("qmv", 0.3)
    assert varied.scenario.title.startswith("Illustrative")
    assert baseline.with_values({"reference.doctrine": "status_quo"}).reference.doctrine == baseline.doctrine


def test_the_reference_shares_switches_unless_told_otherwise(baseline: Configuration) -> None:
    shared = baseline.with_values({"switches.denial": False})
    assert not shared.reference.switches.denial
    apart = baseline.with_values({"switches.denial": False, "reference.switches.denial": True})
    assert apart.reference.switches.denial
    assert not apart.with_values({"switches.norms": False}).switches.denial


def test_a_scenario_overrides_catalogues_once(baseline: Configuration) -> None:
    illustrative = load_configuration("illustrative")
    assert illustrative.measures["asset_freeze"].delay.high < baseline.measures["asset_freeze"].delay.high
    assert "months" in illustrative.source("measures.asset_freeze.delay")
    later = illustrative.with_values({"measures.asset_freeze.delay": [1, 2]})
    assert later.with_values({"doctrine.clarity": 0.1}).measures["asset_freeze"].delay == (1.0, 2.0)


@pytest.mark.parametrize("scenario", shipped("scenarios"))
def test_json_round_trip_is_exact(scenario: str) -> None:
    configuration = load_configuration(scenario, "coalition").with_values(
        {"perpetrators.major_power_a.tempo.mean": 0.1 + 0.2}
    )
    text = json.dumps(configuration.model_dump(mode="json"))
    again = Configuration.model_validate(json.loads(text))
    assert again == configuration
    assert list(again.activities) == list(configuration.activities)
    assert json.dumps(again.model_dump(mode="json")) == text


# wrong input


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("doctrine.clarty", 0.5, "did you mean 'doctrine.clarity'?"),
        ("clarity", 0.5, "did you mean 'doctrine.clarity'?"),
        ("measures.asset_freze.cost", 0.5, "did you mean 'measures.asset_freeze.cost'?"),
        ("doctrine.clarity", 1.5, "doctrine.clarity = 1.5: is out of range; allowed: 0 to 1"),
        ("doctrine.clarity", "0.5", "doctrine.clarity = '0.5': is not a number"),
        ("doctrine.clarity", True, "is not a number"),
        ("doctrine.clarity", math.nan, "is not a finite number"),
        ("measures.asset_freeze.cost", math.inf, "is not a finite number"),
        ("doctrine.campaign_interval", 2.5, "is not a whole number"),
        ("switches.denial", 1, "is not true or false"),
        ("doctrine.voting_rule", "qvm", "did you mean 'qmv'? allowed: unanimity, qmv, coalition"),
        ("measures.asset_freeze.bite", [0.5, 0.4], "[low, high] with 0 ≤ low ≤ high"),
        ("measures.asset_freeze.available", "2019-13-01", "a date such as 2019-05-17"),
        ("doctrine", "clear_lader", "did you mean 'clear_ladder'?"),
        ("perpetrators.service_unit_a1.sponsor", "contractor_a1", "is not a perpetrator of kind state"),
        ("perpetrators.service_unit_a1.sponsor", None, "a proxy needs a sponsor"),
        ("perpetrators.major_power_a.sponsor", "major_power_b", "a state has no sponsor"),
        ("perpetrators.crime_group_a1.harbour", "major_power_z", "did you mean 'major_power_"),
        ("perpetrators.major_power_a.archetype", "major_powr", "did you mean 'major_power'?"),
        ("perpetrators.major_power_a.title", "Major power B", "is also the title of"),
        ("archetypes.major_power.link", {"mean": 0.5, "spread": 0.1}, "does not apply to an archetype of kind state"),
        ("activities.espionage.dimensions", dict.fromkeys(DIMENSIONS, 0.2), "activities need an order"),
        ("scenario.severity.weights", dict.fromkeys(DIMENSIONS, 0.0), "at least one dimension must count"),
        ("scenario.overrides", {"measures.asset_freeze.cost": 1.0}, "write a scenario file"),
    ],
)
def test_wrong_values_are_refused_by_name(baseline: Configuration, path: str, value: object, expected: str) -> None:
    assert expected in message(baseline, path, value)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("clarity =", "clarty ="), ["clarty: unknown key", "did you mean 'clarity'?"]),
        (("clarity = 0.4", 'clarity = "high"'), ["clarity = 'high'", "is not a number", "0 to 1"]),
        (("clarity = 0.4", "clarity = nan"), ["clarity = nan", "finite"]),
        (("clarity = 0.4", "clarity = 0.4 0.5"), ["is not valid TOML", "line"]),
        (('voting_rule = "unanimity"', "voting_rule = 3"), ["voting_rule", "unanimity, qmv, coalition"]),
        (('voting_rule = "Article', 'voting_rul = "Article'), ["sources.voting_rul", "did you mean 'voting_rule'?"]),
        (("firmness = 1.0\n", ""), ["firmness: is missing", "0 to 10"]),
    ],
)
def test_a_mistake_in_a_file_is_named_with_the_file(
    tmp_path: Path, change: tuple[str, str], expected: list[str]
) -> None:
    path = write(tmp_path, "doctrines", "status_quo", change)
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(doctrine=path)
    text = str(caught.value)
    assert "\n" not in text
    for part in [str(path), *expected]:
        assert part in text


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes("title = 'démarche'".encode("latin-1"))
    for name, problem in (("latn.toml", "did you mean 'latin.toml'?"), ("latin.toml", "not UTF-8")):
        with pytest.raises(ConfigurationError, match=problem):
            load_configuration(tmp_path / name)
    with pytest.raises(ConfigurationError, match="is a folder"):
        load_configuration(doctrine=tmp_path)


def test_own_files_may_build_on_shipped_ones(tmp_path: Path) -> None:
    write(tmp_path, "catalogues", "partners", ('    "Mexico",\n', ""))
    mine = write(
        tmp_path,
        "scenarios",
        "baseline",
        ('partners = "partners"', 'partners = "partners.toml"'),
        ("[overrides]", "[overrides]\nmeasures.retorsion.cost = 0.1"),
    )
    configuration = load_configuration(mine)
    assert len(configuration.partners.members) == 10
    assert configuration.measures["retorsion"].cost == 0.1


def test_a_bad_override_names_the_scenario_file(tmp_path: Path) -> None:
    mine = write(tmp_path, "scenarios", "illustrative", ("measures.travel_ban.delay", "measures.travel_bans.delay"))
    with pytest.raises(
        ConfigurationError, match=r"illustrative.toml: overrides.*did you mean 'measures.travel_ban.delay'"
    ):
        load_configuration(mine)


def test_errors_travel_between_processes(baseline: Configuration) -> None:
    with pytest.raises(ConfigurationError) as caught:
        baseline.with_values({"doctrine.clarity": 7})
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_settings_are_frozen(baseline: Configuration) -> None:
    with pytest.raises(ValueError, match="frozen"):
        baseline.doctrine.clarity = 0.1


def test_a_choice_has_so_many_candidates_and_no_more() -> None:
    """Each has its row in the lowest bits of its bid."""
    configuration = load_configuration("illustrative")
    members = len(configuration.member_states.members)
    partners = [f"partner_{number}" for number in range(4097 - members)]
    assert len(configuration.with_values({"partners.members": partners[:-1]}).partners.members) == 4096 - members
    with pytest.raises(ConfigurationError, match=r"partners\.members: .*at most 4,096 .* 4,097"):
        configuration.with_values({"partners.members": partners})
