"""An exercise as a file: the world that it is set in, its rounds, and what players learn when."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AliasChoices, ConfigDict, Field, model_validator

from model.configuration import Configuration, load_configuration
from model.errors import ConfigurationError, nearest_name, placed
from model.loading import find, read_sources, read_toml
from model.parameters import Name, Settings, Whole, option, parameter
from model.paths import validated

Role = Literal["presidency", "chair", "delegation", "partner", "red_team"]
"""Who plays: the presidency, the chair of the Political and Security Committee with the EEAS, a Member State's
delegation, a partner country, and a red team for one perpetrator."""
ROLES: tuple[Role, ...] = get_args(Role)
UNION: tuple[Role, ...] = ("presidency", "chair", "delegation")
"""Roles that sit on the Union's side of the table."""
MOST_TEXT = 8_000
"""Characters of a text at most."""
Text = Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]


class Question(Settings):
    """A question to the players who get an inject, with what they may answer."""

    text: Text
    options: Annotated[list[Text], Field(min_length=2, max_length=8)]


class Act(Settings):
    """An act that happens in the world, in every branch of the exercise alike."""

    perpetrator: Name = option("who does it, a perpetrator of the world")
    victim: str = option("who suffers it: a Member State or a partner of the world, or a name of the cast")
    activity: Name = option("what is done, an activity of the catalogue")
    before: Whole = parameter("weeks", 1, 52, doc="weeks before the inject in which it is done", default=1)
    detected: bool = option("whether it is detected by then; else it never is", default=True)
    false_flag: bool = option("whether a clue against an innocent party is planted", default=False)


class Condition(Settings):
    """What must hold for an inject to come: each names an inject with an act. All that are stated must hold."""

    attributed: list[Name] = option("injects whose case the EU has attributed by then", default=[])
    not_attributed: list[Name] = option("injects whose case it has not", default=[])
    answered: list[Name] = option("injects on whose case a measure was adopted by then", default=[])
    not_answered: list[Name] = option("injects on whose case none was", default=[])


class Inject(Settings):
    """A piece of news: when it comes, from whom, to whom, and what has happened in the world behind it."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    title: Text
    week: Whole = parameter("weeks", 0, 520, doc="week of the exercise in which it comes")
    sender: Text = Field(validation_alias=AliasChoices("from", "sender"), serialization_alias="from")
    to: Annotated[list[Role], Field(min_length=1)] = Field(default=list(ROLES))
    text: Text
    attachments: Annotated[dict[str, Text], Field(max_length=8)] = Field(default_factory=dict)
    condition: Condition = Condition()
    act: Act | None = None
    question: Question | None = None

    @property
    def asked(self) -> list[Role]:
        """Who answers the question: those on the Union's side who get the inject; if none does, all who get it."""
        return [role for role in self.to if role in UNION] or self.to


class Round(Settings):
    """A sitting: the week in which players meet, and what is asked of them."""

    title: Text
    week: Whole = parameter("weeks", 0, 520, doc="week of the exercise in which it takes place")
    task: Text
    minutes: Whole = parameter("minutes", 1, 240, doc="time planned for it", default=20)


class Expectation(Settings):
    """What the authors expect of a good play, which the debrief holds the group's to."""

    text: Text
    inject: Name
    reached: Literal["attributed", "rightly_attributed", "answered", "not_wronged"]
    weeks: Whole = parameter("weeks", 0, 520, doc="weeks after the inject by which it is to be reached", default=52)


class Setting(Settings):
    """The world of the exercise: a scenario, the doctrine under which it goes on, and the run that is played."""

    scenario: str = "baseline"
    doctrine: str = "status_quo"
    begins: date = option("day of the first week of the exercise", unit="date")
    seed: Whole = parameter("1", 0, 2**63 - 1, doc="seed of the world", default=1)
    replicate: Whole = parameter("1", 0, 2**63 - 1, doc="replicate that is played", default=0)
    cast: dict[str, str] = Field(default_factory=dict)
    """Names of countries that do not exist, and whose place in the world each has."""
    red_team: Name | None = option("perpetrator for which the red team may choose", default=None)
    partner: str | None = option("partner country that is played", default=None)
    delegation: str | None = option("Member State whose delegation is played", default=None)


class Exercise(Settings):
    """An exercise in full."""

    title: Text
    idea: Text
    world: Setting
    rounds: Annotated[dict[Name, Round], Field(min_length=1, max_length=12)]
    injects: Annotated[dict[Name, Inject], Field(min_length=1, max_length=100)]
    expectations: Annotated[dict[Name, Expectation], Field(max_length=20)] = Field(default_factory=dict)
    horizon: Whole = parameter("weeks", 4, 520, doc="weeks after the last round over which consequences are counted")

    @model_validator(mode="after")
    def _fits_together(self) -> "Exercise":
        weeks = [each.week for each in self.rounds.values()]
        if weeks != sorted(set(weeks)):
            raise ConfigurationError("are not in the order of their weeks", key="rounds", value=weeks)
        for name, inject in self.injects.items():
            for kind, others in inject.condition:
                for other in others:
                    self._case(f"injects.{name}.condition.{kind}", other)
        for name, expected in self.expectations.items():
            self._case(f"expectations.{name}.inject", expected.inject)
        self._refuse_two_at_once()
        return self

    def _refuse_two_at_once(self) -> None:
        """A perpetrator acts once a week at most; and what that of the red team does, players choose."""
        done: dict[tuple[str, int], str] = {}
        for name, inject in self.injects.items():
            if inject.act is None:
                continue
            who, key = inject.act.perpetrator, f"injects.{name}.act.perpetrator"
            if who == self.world.red_team:
                raise ConfigurationError("is the red team's, which chooses for itself", key=key, value=who)
            other = done.setdefault((who, inject.week - inject.act.before), name)
            if other != name:
                raise ConfigurationError(f"acts in this week for {other} already", key=key, value=who)

    def _case(self, key: str, name: str) -> None:
        if name not in self.injects:
            nearest = nearest_name(name, self.injects)
            raise ConfigurationError("is not an inject", key=key, value=name, nearest=nearest)
        act = self.injects[name].act
        if act is None or not act.detected:
            raise ConfigurationError("has no act that is detected, and so no case", key=key, value=name)

    @property
    def lead(self) -> int:
        """Weeks before the first round in which the earliest act is done."""
        return max([0, *(each.act.before - each.week for each in self.injects.values() if each.act)])


def load_exercise(name: str) -> tuple[Exercise, Configuration]:
    """An exercise by shipped name or path, and the world it is set in; raises `ConfigurationError`."""
    path = find("exercises", name)
    file = str(path)
    tree = read_toml(path)
    table = tree.pop("sources", {})
    exercise = validated(Exercise, tree, file=file)
    read_sources(table, tree, file)
    return exercise, world_of(exercise, path)


def world_of(exercise: Exercise, path: Path | None = None) -> Configuration:
    """The configuration of an exercise's world, long enough for it; raises `ConfigurationError`.

    A scenario and a doctrine that are files count from that of the exercise.
    """
    setting = exercise.world
    with placed(str(path) if path else None, "world"):
        scenario = str(find("scenarios", setting.scenario, path))
        doctrine = str(find("doctrines", setting.doctrine, path))
        configuration = load_configuration(scenario, doctrine)
        first = first_week(exercise, configuration)
        last = first + list(exercise.rounds.values())[-1].week + exercise.horizon
        time = configuration.scenario.time
        if first - exercise.lead < 0 or first % 1:
            raise ConfigurationError("is before the scenario begins", key="begins", value=setting.begins)
        weeks = {"scenario.time.burn_in": first, "scenario.time.weeks": max(time.weeks, last - first)}
        configuration = configuration.with_values(weeks)
    _check_names(exercise, configuration, str(path) if path else None)
    return configuration


def first_week(exercise: Exercise, configuration: Configuration) -> int:
    """Week of the scenario in which the exercise begins."""
    return (exercise.world.begins - configuration.scenario.time.start).days // 7


def day_of(exercise: Exercise, week: int) -> date:
    """Day on which a week of the exercise begins."""
    return exercise.world.begins + timedelta(weeks=week)


def victims_of(configuration: Configuration) -> list[str]:
    """Names of victims in the order of their rows: Member States, then partners."""
    return [*configuration.member_states.members, *configuration.partners.members]


def _check_names(exercise: Exercise, configuration: Configuration, file: str | None) -> None:
    """Refuse names that the world does not have."""
    members, partners = list(configuration.member_states.members), list(configuration.partners.members)
    setting, victims = exercise.world, [*members, *partners]

    def among(key: str, value: Any, names: list[str]) -> None:
        if value is not None and value not in names:
            nearest = nearest_name(str(value), names)
            raise ConfigurationError("is not in this world", file=file, key=key, value=value, nearest=nearest)

    perpetrators = list(configuration.perpetrators)
    among("world.red_team", setting.red_team, perpetrators)
    for role, names in (("delegation", members), ("partner", partners)):
        value = getattr(setting, role)
        among(f"world.{role}", setting.cast.get(value, value), names)
    for name, stands in setting.cast.items():
        among(f"world.cast.{name}", stands, victims)
        if name in victims:
            raise ConfigurationError("is a country of this world", file=file, key=f"world.cast.{name}")
    if len(set(setting.cast.values())) < len(setting.cast):
        raise ConfigurationError("puts two names in one place", file=file, key="world.cast")
    for name, inject in exercise.injects.items():
        if inject.act:
            key = f"injects.{name}.act"
            among(f"{key}.perpetrator", inject.act.perpetrator, perpetrators)
            among(f"{key}.victim", setting.cast.get(inject.act.victim, inject.act.victim), victims)
            among(f"{key}.activity", inject.act.activity, list(configuration.activities)[1:])
