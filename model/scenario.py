"""Circumstances of a run, as a scenario file states them: sections whose entries are the columns of `SCENARIO`."""

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from agents.scenario import CLASS, SCENARIO, ChoiceRule
from model.errors import ConfigurationError
from model.parameters import Day, Settings, Titled, Whole, by_path, option, parameter

CATALOGUES = ("activities", "measures", "perpetrators", "member_states", "partners")
"""Catalogue files that a scenario names."""

OVERRIDABLE = ("activities", "measures", "archetypes", "perpetrators", "member_states", "partners")
"""Sections of the configuration whose values a scenario may override."""


class Section(Settings):
    """A section of a scenario: each entry fills, and is documented by, the column of its name.

    Where there is none, as for `rule` of `choice`, it fills the one of both names, `choice_rule`.
    """

    columns = SCENARIO


class Time(Settings):
    """When a run starts and how long it lasts."""

    start: Day = option("first day of week 0; determines which measures exist", unit="day")
    burn_in: Whole = parameter("weeks", 0, 5200, doc="weeks excluded from all figures")
    weeks: Whole = parameter("weeks", 1, 5200, doc="weeks included in the figures, after the burn-in")

    @model_validator(mode="after")
    def _ends_in_the_calendar(self) -> "Time":
        try:
            self.start + timedelta(weeks=self.burn_in + self.weeks)
        except OverflowError:
            problem = "is too late: the run would end after the year 9999"
            raise ConfigurationError(problem, key="start", value=self.start) from None
        return self


class Weights(Settings):
    """Weights of the seven dimensions in severity."""

    scope: float = parameter("1", 0, 100, default=1.0, doc="weight of scope in severity")
    scale: float = parameter("1", 0, 100, default=1.0, doc="weight of scale in severity")
    duration: float = parameter("1", 0, 100, default=1.0, doc="weight of duration in severity")
    intensity: float = parameter("1", 0, 100, default=1.0, doc="weight of intensity in severity")
    complexity: float = parameter("1", 0, 100, default=1.0, doc="weight of complexity in severity")
    sophistication: float = parameter("1", 0, 100, default=1.0, doc="weight of sophistication in severity")
    impact: float = parameter("1", 0, 100, default=1.0, doc="weight of impact in severity")

    @model_validator(mode="after")
    def _weigh_something(self) -> "Weights":
        if not any(self.by_dimension().values()):
            raise ConfigurationError("all weights are zero; at least one dimension must count")
        return self

    def by_dimension(self) -> dict[str, float]:
        """Weight of each dimension."""
        return self.model_dump()


class Severity(Section):
    """How severe an act is, and from where it is severe."""

    mean_severity: float = parameter("severity", 0, 1)
    severe_threshold: float = parameter("severity", 0, 1, default=0.6, doc="severity from which an act is severe")
    incident_scatter: float = parameter("1", 0, 1)
    exponent: float = parameter("1", 1, 4, default=1.0, doc=SCENARIO.docs["severity_exponent"])
    weights: Weights = Weights()


class Detection(Section):
    """How much is detected, and how many false alarms there are."""

    detection: float = parameter("probability", 0, 1)
    false_alarm_rate: float = parameter("probability a week", 0, 1)


class Investigation(Section):
    """How cases are investigated."""

    skill: float = parameter("1", 0, 1)
    skill_trend: float = parameter("a year", -1, 1)
    investigators: Whole = parameter("cases", 0, 10000)
    clue_probability: float = parameter("probability a week", 0, 1)
    investigation_weeks: Whole = parameter("weeks", 1, 5200)
    suspicion: float = parameter("log-odds per log record", 0, 10)
    overconfidence: float = parameter("share", 0, 1)
    false_alarm_share: float = parameter("share", 0, 0.99)
    false_flag: float = parameter("probability", 0, 1)
    link_evidence: float = parameter("probability", 0, 1)
    record_half_life: float = parameter("weeks", 0.1, 52000)
    hindsight: bool = option(unit="yes or no", default=False)
    standard_scatter: float = parameter("log-odds", 0, 10, default=0.0)
    publishes_as_victim: float = parameter("probability", 0, 1)
    publishes_for_others: float = parameter("probability", 0, 1)
    exposure_rate: float = parameter("probability a week", 0, 1)
    caution_gained: float = parameter("share", 0, 1)
    caution_half_life: float = parameter("weeks", 0.1, 52000)


class Choice(Section):
    """How perpetrators weigh success and punishment, and choose."""

    rule: ChoiceRule = option("how one activity is chosen, given utilities", default="logit")
    tremble: float = parameter("share", 0, 1, default=0.2)
    success_slope: float = parameter("log-odds", 0, 50)
    success_margin: float = parameter("capability", -5, 5)
    saturation: float = parameter("per bite", 0, 100)
    incapacitation: float = parameter("per bite", 0, 100)
    blame_replaced: float = parameter("share", 0, 1)


class SeverityClass(Settings):
    """What holds in one class of severity before any experience."""

    columns = CLASS

    prior_bite: float = parameter("bite per severity", 0, 10)
    spread: float = parameter("bite", 0, 10)
    credibility: float = parameter("1", 0, 1)
    credibility_weight: float = parameter("bite", 0.0001, 1000)


class Classes(Settings):
    """Classes of severity: below 0.3, from there to 0.6, and from 0.6."""

    mild: SeverityClass
    serious: SeverityClass
    severe: SeverityClass


class Belief(Section):
    """How perpetrators learn what an attributed act brings."""

    signal_precision: float = parameter("observations", 0, 10000)
    signal_noise: float = parameter("1", 0.0001, 10)
    spillover: float = parameter("share", 0, 1)
    memory_half_life: float = parameter("weeks", 0.1, 52000)
    attribution_experience: float = parameter("cases", 0.001, 10000)
    learning_rate: float = parameter("share", 0, 1)


class Learning(Section):
    """How adversaries adapt: options, off unless a scenario says otherwise."""

    experience: float = parameter("share", 0, 1, default=0.0)
    experience_kept: float = parameter("share", 0, 1, default=0.98)
    experience_prior: float = parameter("opportunities", 1, 10000, default=10.0)
    foregone: float = parameter("share", 0, 1, default=0.2)
    imitation: float = parameter("share", 0, 1, default=0.0)
    retooling: float = parameter("share", 0, 1, default=0.0)
    retooling_half_life: float = parameter("weeks", 0.1, 52000, default=52.0)
    retooling_cost: float = parameter("share", 0, 1, default=0.1)


class Grievance(Section):
    """How bite beyond what is held justified provokes."""

    grievance_gain: float = parameter("utility per bite", 0, 100)
    grievance_half_life: float = parameter("weeks", 0.1, 52000)
    self_serving_bias: float = parameter("share", 0, 1)
    sponsor_share: float = parameter("share", 0, 1)
    accusation: float = parameter("bite", 0, 10)
    diligence_resented: float = parameter("utility a week", 0, 1)


class Council(Section):
    """How the Council answers, keeps its word, votes and joins partners."""

    public_discount: float = parameter("a week", 0.5, 1)
    credibility_half_life: float = parameter("weeks", 0.1, 52000)
    credibility_lost: float = parameter("share", 0, 1)
    statement_readiness: float = parameter("odds", 0, 1000)
    member_will: float = parameter("probability", 0, 1)
    answer_window: Whole = parameter("weeks", 0, 520)
    evidence_floor: float = parameter("probability", 0.5, 0.999)
    agenda: Whole = parameter("dossiers", 0, 10000)
    patience: Whole = parameter("weeks", 1, 5200)
    victim_bonus: float = parameter("utility", 0, 10)
    audience: float = parameter("utility", 0, 10)
    partner_backing: float = parameter("utility", 0, 10)
    stance_noise: float = parameter("utility", 0, 10)
    abstention_margin: float = parameter("utility", 0, 10)
    vital_margin: float = parameter("utility", 0, 10)
    partner_clues: float = parameter("1", 0, 10)
    partner_support: float = parameter("1", 0, 10)


class Prices(Section):
    """What a doctrine costs the Union besides its measures."""

    campaign_cost: float = parameter("political cost", 0, 10)
    haste_cost: float = parameter("political cost a year", 0, 10)
    partner_cost: float = parameter("political cost a year", 0, 10)
    diligence_cost: float = parameter("political cost a year", 0, 10)


class Norms(Section):
    """Strength of norms at rest, and how fast it returns there."""

    norm_baseline: float = parameter("1", 0, 1)
    norm_half_life: float = parameter("weeks", 0.1, 52000)


class Resilience(Section):
    """How resilience develops."""

    resilience_trend: float = parameter("a year", -1, 1)
    resilience_half_life: float = parameter("weeks", 0.1, 52000)


class Harbours(Section):
    """How far a harbour polices its territory, and how long it lasts."""

    diligence_half_life: float = parameter("weeks", 0.1, 52000)
    compliance_half: float = parameter("entanglement", 0.001, 10)


class Targets(Section):
    """Whom perpetrators prefer as victims."""

    target_scatter: float = parameter("log", 0, 5)
    target_persistence: float = parameter("probability", 0, 1, default=0.0)


class Traits(Settings):
    """What is uncertain about the traits of all perpetrators at once, beside their catalogue."""

    tempo: float = parameter("1", 0, 100, default=1.0, doc="factor on the tempo of all perpetrators")
    tempo_of_proxies: float = parameter("1", 0, 100, default=1.0, doc="additional factor on the tempo of proxies")
    tempo_of_groups: float = parameter(
        "1", 0, 100, default=1.0, doc="additional factor on the tempo of criminals and hacktivists"
    )
    tension_volatility: float = parameter("1", 0, 100, default=1.0, doc="factor on the volatility of states' tension")
    sensitivity: float = parameter("1", 0, 100, default=1.0, doc="factor on all perpetrators' sensitivity to bite")
    ambiguity_attitude: float = parameter(
        "standard deviations", -100, 100, default=0.0, doc="added to all perpetrators' attitude to ambiguity"
    )

    def factors(self, kind: str) -> dict[str, float]:
        """Factors on the medians of traits of perpetrators of a kind; others stay as their catalogue has them."""
        besides = {"state": 1.0, "proxy": self.tempo_of_proxies}.get(kind, self.tempo_of_groups)
        return {
            "tempo": self.tempo * besides,
            "tension_volatility": self.tension_volatility,
            "sensitivity": self.sensitivity,
        }


class Reporting(Settings):
    """What of all detected incidents the public record holds; nobody in the model acts on it."""

    share: float = parameter("share", 0.001, 0.999, default=0.6, doc="share of detected incidents reported on `day`")
    trend: float = parameter("log-odds a year", -5, 5, default=0.15, doc="rise of the share's log-odds")
    day: Day = option("day on which `share` holds", unit="day", default=date(2020, 1, 1))


class Catalogues(Settings):
    """Files with the catalogues: shipped names, or paths relative to the scenario's file."""

    activities: str = "activities"
    measures: str = "measures"
    perpetrators: str = "perpetrators"
    member_states: str = "member_states"
    partners: str = "partners"


class Scenario(Titled):
    """Everything that no doctrine chooses, with the catalogues it builds on and what it changes in them."""

    title: str = Field(min_length=1)
    idea: str = Field(min_length=1)
    time: Time
    severity: Severity
    detection: Detection
    investigation: Investigation
    choice: Choice
    classes: Classes
    belief: Belief
    learning: Learning = Learning()
    grievance: Grievance
    council: Council
    prices: Prices
    norms: Norms
    resilience: Resilience
    harbours: Harbours
    targets: Targets
    traits: Traits = Traits()
    reporting: Reporting = Reporting()
    catalogues: Catalogues = Catalogues()
    overrides: Annotated[dict[str, Any], Field(default_factory=dict)]
    """Values of the catalogues that the scenario replaces, by path; applied once, when the configuration is loaded."""

    @field_validator("overrides", mode="before")
    @classmethod
    def _flatten(cls, overrides: Any) -> Any:
        # TOML reads an unquoted `measures.retorsion.cost = 1` as nested tables; both spellings mean the path
        return by_path(overrides) if isinstance(overrides, dict) else overrides

    @model_validator(mode="after")
    def _overrides_catalogues_only(self) -> "Scenario":
        for path in self.overrides:
            if path.split(".")[0] not in OVERRIDABLE:
                raise ConfigurationError(
                    "is not a value of a catalogue",
                    key=f"overrides.{path}",
                    allowed="paths in " + ", ".join(OVERRIDABLE),
                )
        return self

    def columns_of(self) -> dict[str, float | int | str]:
        """Values by column of `SCENARIO`, but for `severe_rung`, which the catalogue of activities decides."""
        sections = [(where, value) for where, value in self if isinstance(value, Section)]
        entries = [(where, name, value) for where, section in sections for name, value in section]
        values = {column: value for where, name, value in entries for column in (name, f"{where}_{name}")}
        return {name: values[name] for name in SCENARIO if name != "severe_rung"}
