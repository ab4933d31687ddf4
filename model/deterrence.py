"""The Mesa engine: `DeterrenceModel`, whose agents are faces of the same rows that the compiled engine works on."""

import copy
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

import mesa
import numpy as np

from agents.books import QUARTER
from agents.foundation.columns import Face
from agents.member_state import MemberState
from agents.partner import Partner
from agents.perpetrator import Perpetrator
from agents.union.case import Case
from agents.union.council import Council
from agents.union.docket import EMPTY
from agents.union.tracks import TRACKS
from model.build import build_world, more_cases, more_ledger, more_votes
from model.configuration import Configuration, load_configuration
from model.display.cards import Card, html, line
from model.ensemble import LEDGER, OneRun, room, room_for_quarters
from model.errors import ConfigurationError, nearest_name, whole
from model.metrics.catalogue import figure, headline_rows
from model.metrics.columns import DELAYS, Beside
from model.recording import Trace, close_books, codes, compare, laid_out, note_choices, record, series_week
from model.schedule import Opportunities, begin, of_run, open_books, visit

MOST_CASES = 1_000_000
"""Most rows of the docket to begin with: four hundred megabytes."""


# Reporters have names, for a pickle holds functions by name.
def _week(model: Any) -> int:
    return int(model.week)


def _acts(model: Any) -> int:
    return int((model.world.perpetrators.activity > 0).sum())


def _cases(model: Any) -> int:
    return len(model.cases)


def _credibility(model: Any) -> float:
    return float(model.council.credibility)


def _norm_strength(model: Any) -> float:
    return float(model.council.norm_strength)


def _grievance(model: Any) -> float:
    return float(model.world.perpetrators.grievance.mean())


def _pressure(model: Any) -> float:
    return float(model.world.perpetrators.pressure.mean())


class DeterrenceModel(mesa.Model):  # type: ignore[misc]
    """Perpetrators choose malicious cyber activities; the EU signals, attributes, decides and responds.

    `scenario` and `doctrine` are shipped names, paths to TOML files, or objects; further keywords set parameters by
    path, with two underscores for a dot: `doctrine__clarity=0.9`, `scenario__investigation__skill=0.5`. (They are
    called `kwargs`, for Mesa's viewer takes parameters by any name only where it finds that one.) `rng` is the
    seed, a whole number from 0 to 2⁶³ − 1, or a `Generator`, `BitGenerator` or `SeedSequence` of NumPy that gives one.
    Every opportunity is compared with that of `twin`, a second instance of the same class in the reference world.

    Agents stand in `model.agents`, by kind in `perpetrators`, `member_states`, `partners`, `cases` and `council`. Their
    classes are attributes of the model class: subclass an agent, override a method, and name it here.

    A copy (`copy.copy` and `copy.deepcopy` alike) or a pickle, made between two steps, is a model of its own that goes
    on with the same bits.
    """

    perpetrator_class: type[Perpetrator] = Perpetrator
    member_state_class: type[MemberState] = MemberState
    partner_class: type[Partner] = Partner
    council_class: type[Council] = Council
    case_class: type[Case] = Case
    reporters: ClassVar[dict[str, Any]] = {
        "week": _week,
        "acts": _acts,
        "cases": _cases,
        "credibility": _credibility,
        "norm_strength": _norm_strength,
        "grievance": _grievance,
        "pressure": _pressure,
    }
    """Reporters of `datacollector`, collected every week; `reporting` makes those of metrics."""

    def __init__(
        self,
        scenario: Any = "baseline",
        doctrine: Any = "status_quo",
        *,
        rng: Any = None,
        replicate: int = 0,
        twin: bool = True,
        configuration: Configuration | None = None,
        reference: bool = False,
        ledger: bool = False,
        acts: bool = False,
        docket: int | None = None,
        **kwargs: Any,
    ) -> None:
        _check_keywords(kwargs)
        self.run_seed = _seed(rng)
        super().__init__(rng=self.run_seed)
        values = {path.replace("__", "."): value for path, value in kwargs.items()}
        if configuration is None:
            configuration = load_configuration(scenario, doctrine, values)
        elif values:
            configuration = configuration.with_values(values)
        self.configuration = configuration
        self._agents_made, self._in_week = 0, False
        self.replicate = whole("replicate", replicate, "a seed")
        docket = None if docket is None else whole("docket", docket, "a number of cases", 1, MOST_CASES)
        rows = LEDGER if ledger else 0
        self.world = build_world(configuration, reference=reference, cases=docket, ledger=rows, series=True, acts=acts)
        self.world.clock.seed, self.world.clock.replicate = self.run_seed, self.replicate
        self.week = 0
        time = configuration.scenario.time
        self.burn_in, self.last_week = time.burn_in, time.burn_in + time.weeks
        self._met, self._quarters = of_run(room(configuration), 0), room_for_quarters(configuration, 1)[0]
        begin(self.world, 0, 0)
        self._populate()
        self.twin: DeterrenceModel | None = None
        if twin and not reference:
            self.twin = type(self)(
                configuration=configuration,
                rng=self.run_seed,
                replicate=self.replicate,
                reference=True,
                ledger=ledger,
                acts=acts,
                docket=docket,
            )
        self.datacollector = mesa.DataCollector(model_reporters=dict(self.reporters))

    @classmethod
    def onward(cls, world: Any, configuration: Configuration, week: int, weeks: int) -> "DeterrenceModel":
        """A model that goes on for so many weeks from a copy of a world at the beginning of a week, without a twin.

        Its books count from that week on. The world is one of this configuration's, and its last week at most that of
        the configuration's time.
        """
        seed, replicate = int(world.clock.seed[0]), int(world.clock.replicate[0])
        model = cls(configuration=configuration, rng=seed, replicate=replicate, twin=False)
        if week + weeks > model.last_week:
            raise ValueError(f"week {week + weeks} is beyond the last week, {model.last_week}")
        own = {name: getattr(model.world, name) for name in ("series", "in_force", "rungs", "before")}
        model.world = world.copy().replace(**own)
        model.week, model.burn_in, model.last_week = week, week, week + weeks
        model.greet_cases()
        return model

    def _populate(self) -> None:
        configuration = self.configuration
        self.council = self.council_class(self, 0)
        for row, (name, perpetrator) in enumerate(configuration.perpetrators.items()):
            self.perpetrator_class(self, row, name, perpetrator.title, configuration.kind(name))
        for row, name in enumerate(configuration.member_states.members):
            self.member_state_class(self, row, name)
        for row, name in enumerate(configuration.partners.members):
            self.partner_class(self, row, name)
        self._open: dict[int, Case] = {}

    def register_agent(self, agent: Any) -> None:
        """Take an agent in and number it. Mesa calls this for every new agent."""
        super().register_agent(agent)
        # Mesa 3.3 counts agents in a table beside its models, which keeps them all alive and knows no copies.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self._agents_made += 1
        agent.unique_id = self._agents_made

    def __copy__(self) -> "DeterrenceModel":
        # agents know one model, so that one made of the same agents would be none
        return copy.deepcopy(self)

    def __getstate__(self) -> dict[str, Any]:
        if self._in_week:
            raise RuntimeError("a model can be copied or pickled only between two steps, not in the middle of a week")
        return self.__dict__.copy()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        # what came with a pickle may be read-only, or still another's
        before, uncounted, *opportunities = self._met
        self._met = Opportunities(before.copy(), uncounted, *(each.copy() for each in opportunities))

    def _of(self, kind: type[Face]) -> Any:
        agents = self.agents_by_type.get(kind)
        return self.agents.select(lambda agent: isinstance(agent, kind)) if agents is None else agents

    @property
    def scenario(self) -> None:
        """None: of what Mesa keeps under this name from 3.5 on, its viewer would make the keyword of a new model."""

    @scenario.setter
    def scenario(self, of_mesa: object) -> None:
        """Leave Mesa's own scenario aside."""

    @property
    def trace(self) -> Trace:
        """Choices in the weeks counted so far; later weeks do not change it."""
        return laid_out(self._met, self.burn_in, len(self.world.perpetrators))

    @property
    def perpetrators(self) -> Any:
        """The perpetrators, an AgentSet."""
        return self._of(self.perpetrator_class)

    @property
    def member_states(self) -> Any:
        """The Member States, an AgentSet."""
        return self._of(self.member_state_class)

    @property
    def partners(self) -> Any:
        """The partners, an AgentSet."""
        return self._of(self.partner_class)

    @property
    def cases(self) -> Any:
        """The cases under way, an AgentSet."""
        return self._of(self.case_class)

    def cases_due(self) -> list[Case]:
        """Cases on which something is due this week."""
        return [self._open[row] for row in self.world.due[: self.world.council[0].rows_due].tolist()]

    def greet_cases(self) -> None:
        """Give a face to every case that has come onto the docket, and keep room for those of the coming week."""
        for row in np.flatnonzero(self.world.cases.status != EMPTY).tolist():
            if row not in self._open:
                self._open[row] = self.case_class(self, row)

    def _make_room(self) -> None:
        # Rows never move and the first empty one is taken, so that the size of the docket changes nothing.
        while len(self.world.cases) - len(self._open) <= len(self.world.perpetrators):
            self.world = more_cases(self.world)
        while 0 < len(self.world.ledger) <= self.world.council[0].ledger_rows + len(self._open):
            self.world = more_ledger(self.world)
        while 0 < len(self.world.votes) <= self.world.council[0].votes_written + len(TRACKS) * len(self._open):
            self.world = more_votes(self.world)

    def part_with_cases(self) -> None:
        """Take the face of every case that has left the docket."""
        status = self.world.cases.status
        for row in [row for row in self._open if status[row] == EMPTY]:
            self._open.pop(row).remove()

    def step(self) -> None:
        """One week in the world, and before it in the twin; past the last week nothing happens."""
        if self.week >= self.last_week:
            return
        self._in_week = True
        try:
            self._advance()
        finally:
            self._in_week = False

    def _advance(self) -> None:
        if self.twin is not None:
            self.twin.step()
        place = self.week - self.burn_in
        if place == 0:
            open_books(self.world, 0, self.week)
        self.world.before[0] = self.world.books[0]
        self._make_room()
        visit(self)
        note_choices(self.world, self._met, self.week, self.burn_in)
        if place >= 0:
            self._record(place)
        if self.week + 1 == self.last_week:
            # before the last collection, so that the delays in it are those of the whole run
            close_books(self.world, 0, self.last_week)
            self.running = False
        self.datacollector.collect(self)
        self.week += 1

    def _record(self, place: int) -> None:
        record(self.world, 0, self.week)
        if self.twin is not None:
            met = self.world.met[: self.world.council[0].rows_met]
            compare(self.world, self.twin.world.at_least[met], codes(self.twin.world)[met], 0, 0)
        series_week(self.world, place)  # which adds the books up
        if (place + 1) % QUARTER == 0 or self.week + 1 == self.last_week:
            self._quarters[place // QUARTER] = self.world.books[0]

    def run(self) -> "DeterrenceModel":
        """Run to the last week."""
        while self.week < self.last_week:
            self.step()
        return self

    def figure(self, name: str) -> float | None:
        """A metric or a delay of the weeks counted so far, by name; None where it is undefined.

        Delays are medians over the whole run, and there are none before its end. Raises `ConfigurationError`.
        """
        if name in DELAYS and self.running:
            return None
        return figure(name, Beside(self.world.books, (self.twin or self).world.books))

    def __repr__(self) -> str:
        configuration = self.configuration
        return line(
            type(self).__name__,
            configuration.scenario.title,
            f"doctrine “{configuration.doctrine.title}”",
            self._when,
            f"seed {self.run_seed}",
            "with its twin" if self.twin is not None else "without a twin",
        )

    @property
    def _when(self) -> str:
        burn_in = f", of which {self.burn_in:,} are burn-in" if self.burn_in else ""
        return f"week {self.week:,} of {self.last_week:,}{burn_in}"

    def _repr_html_(self) -> str:
        facts = {
            "seed": f"{self.run_seed}, replicate {self.replicate}",
            "perpetrators": len(self.perpetrators),
            "Member States": len(self.member_states),
            "partners": len(self.partners),
            "cases under way": len(self.cases),
            "credibility": f"{_credibility(self):.2f}",
        }
        counted = headline_rows(Beside(self.world.books, (self.twin or self).world.books))
        title = f"{self.configuration.scenario.title}: “{self.configuration.doctrine.title}”"
        calls = {"model.step()": "goes on by a week", "model.run()": "to the end", "model.result": "the run in full"}
        return html(Card(title, self._when, facts, counted, calls=calls))

    @classmethod
    def run_one(
        cls, configuration: Configuration, seed: int, replicate: int, *, ledger: bool = False, acts: bool = False
    ) -> OneRun:
        """Run one world and its twin to the end: the bits of `model.ensemble.run_one`, if no rule is another."""
        return cls(configuration=configuration, rng=seed, replicate=replicate, ledger=ledger, acts=acts).run().result

    @property
    def result(self) -> OneRun:
        """The run so far in full, as `model.ensemble.run_one` gives it; later weeks do not change it."""
        world = self.world
        twin = self.twin.result if self.twin is not None else None
        return OneRun(
            world.books.copy(),
            world.series.copy(),
            world.rungs.copy(),
            world.ledger[: world.council[0].ledger_rows].copy(),
            world.ledger_tracks[: len(TRACKS) * world.council[0].ledger_rows].copy(),
            world.votes[: world.council[0].votes_written].copy(),
            self.trace,
            world.in_force.copy(),
            world.positions[: world.council[0].votes_written].copy(),
            world.acts[: world.council[0].acts_written].copy(),
            twin,
            self._quarters.copy(),
        )


def reporting(*names: str) -> dict[str, Callable[[DeterrenceModel], float | None]]:
    """Model reporters of metrics and delays, by name: for `reporters` of a subclass, or for a collector of one's own.

    After the last week they are the figures that a sweep has of the same run, to the bit.
    """
    return {name: partial(DeterrenceModel.figure, name=name) for name in names}


def _seed(rng: Any) -> int:
    """The seed that `rng` is, or that NumPy's source of random numbers gives; None: the system's."""
    if rng is None:
        rng = np.random.SeedSequence()
    if isinstance(rng, np.random.SeedSequence):
        return int(rng.generate_state(1)[0])
    if isinstance(rng, np.random.BitGenerator):
        rng = np.random.Generator(rng)
    return int(rng.integers(2**32)) if isinstance(rng, np.random.Generator) else whole("rng", rng, "a seed")


def _check_keywords(keywords: Mapping[str, Any]) -> None:
    """Refuse a keyword that is like one of the model's own, and leave the rest to be paths of parameters."""
    if "seed" in keywords:
        problem = "is an older name of one of Mesa's keywords"
        raise ConfigurationError(problem, key="seed", value=keywords["seed"], nearest="rng")
    for key in keywords:
        nearest = nearest_name(key, DeterrenceModel.__init__.__kwdefaults__ or (), cutoff=0.6)
        if nearest and "__" not in key and key not in Configuration.model_fields:
            raise ConfigurationError("is not a keyword", key=key, nearest=nearest)
