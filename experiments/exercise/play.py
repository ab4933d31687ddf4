"""An exercise being played: a world, and what was decided in it. The same entries give the same play, bit for bit."""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any, NamedTuple

import numpy as np

from agents.catalogue import ROUTINE
from agents.union.docket import ANSWERING, EMPTY, LATENT, NEVER, OPEN
from agents.union.tracks import ADOPTED, TRACKS, track_row
from agents.world import World
from experiments.exercise.cases import KINDS, Numbers, known, row_of, track_of, why_not
from experiments.exercise.choices import FACILITATOR, OF_THE_TABLE, PUBLIC, WHO, Entry, hidden, position_code
from experiments.exercise.scenario import Exercise, Inject, Role, Round, first_week, victims_of
from model.configuration import Configuration
from model.errors import ConfigurationError, nearest_name
from model.onward.script import Case, Order, script_of
from model.onward.worlds import at_week, played

INSERTED = "inserted"
"""Beginning of the names of injects that a facilitator writes while the exercise runs."""


class News(NamedTuple):
    """What players were told: in which week of the exercise, to whom, and the inject itself."""

    week: int
    name: str
    inject: Inject


class Play:
    """A play at the beginning of a round, or over. `week` is that of the world, which counts from its first.

    Nobody changes a play's world: a new one takes its place when weeks pass. So a copy of a play is cheap, and goes its
    own way.
    """

    def __init__(self, exercise: Exercise, configuration: Configuration) -> None:
        self.exercise, self.configuration = exercise, configuration
        self.first = first_week(exercise, configuration)
        setting = exercise.world
        self.week = self.first - exercise.lead
        self.world: World = at_week(configuration, setting.seed, setting.replicate, self.week)
        self.round = 0
        self.over = self.paused = False
        self.orders: list[Order] = []
        self.numbers = Numbers()
        self.news: list[News] = []
        self.coming = {name: (inject.week, inject) for name, inject in exercise.injects.items()}
        self.cases: dict[str, Case] = {}  # of injects
        self.answers: dict[tuple[str, str], int] = {}
        self.asked: set[int] = set()  # cases about which partners were asked, and have not answered
        self.line: list[Entry] = []  # entries that led here; those of branches that were left are not among them
        self.rounds: list[Play] = []  # the play as it was at the beginning of each round so far
        self._pass(self.first)
        self.rounds.append(self._copied())

    # Reading

    @property
    def sitting(self) -> Round:
        """The round that is played, or the last."""
        return list(self.exercise.rounds.values())[min(self.round, len(self.exercise.rounds) - 1)]

    def row(self, number: int) -> int:
        """Row of the docket in which a numbered case stands; raises `ConfigurationError`."""
        case = self.numbers.case(number)
        if case is None:
            raise ConfigurationError(f"{number} is no case of this exercise")
        row = row_of(self.world, case)
        if row < 0:
            raise ConfigurationError(f"case {number} has ended")
        return row

    def held(self, case: Case) -> bool:
        """Whether the table decides about a case."""
        found = False
        for order in self.orders:
            if order.case == case and order.order in ("hold", "release"):
                found = order.order == "hold"
        return found

    def ordered(self) -> World:
        """The world with what was decided so far, before any week has passed."""
        return self.world.replace(script=script_of(self.orders))

    # Deciding

    def do(self, entry: Entry) -> None:
        """Take up an entry; raises `ConfigurationError`, and then nothing has changed."""
        choice = entry.choice
        if entry.role != FACILITATOR and entry.role not in WHO[choice.kind]:
            raise ConfigurationError(f"the {_chair(entry.role)} may not decide this", allowed=_who(choice.kind))
        if choice.kind == "back":
            self._back(choice.round, entry)
            return
        if self.over and choice.kind not in ("insert", "pause"):
            raise ConfigurationError("the exercise is over")
        if self.paused and entry.role != FACILITATOR:
            raise ConfigurationError("the exercise is paused")
        if choice.kind == "take_back":
            self._take_back(entry.role)
            return
        getattr(self, f"_{choice.kind}")(choice, entry.role)
        self.line.append(entry)
        if choice.kind == "go_on" and not self.over:  # with what led here: a branch from this round has it too
            began = self._copied()
            began.paused = False
            self.rounds.append(began)

    def _order(self, order: str, case: Case, **given: Any) -> None:
        self.orders.append(Order(self.week, order, case, **given))

    def _announce(self, choice: Any, role: str) -> None:
        if any(order.order == "signal" and order.week == self.week for order in self.orders):
            raise ConfigurationError("the EU has announced something in this round already")
        self.orders.append(Order(self.week, "signal", amount=choice.clarity))

    def _take_up(self, choice: Any, role: str) -> None:
        case = known(self.world, self.row(choice.case))
        if self.held(case):
            raise ConfigurationError(f"case {choice.case} is on your table already")
        self._order("hold", case)

    def _leave(self, choice: Any, role: str) -> None:
        case, _ = self._ours(choice.case)
        if choice.case in self.asked or any(self._ordered(order, case) for order in ("attribute", "take", "ask")):
            raise ConfigurationError(f"something was decided on case {choice.case} in this round: take that back first")
        self._order("release", case)

    def _ours(self, number: int) -> tuple[Case, int]:
        """A case that the table decides about, and its row."""
        row = self.row(number)
        case = known(self.world, row)
        if not self.held(case):
            raise ConfigurationError(f"case {number} is dealt with by the working parties: take it up first")
        return case, row

    def _attribute(self, choice: Any, role: str) -> None:
        case, row = self._ours(choice.case)
        its = self.world.cases[row]
        if its.attributed != NEVER or self._ordered("attribute", case):
            raise ConfigurationError(f"case {choice.case} is attributed already")
        if its.status != OPEN or its.suspect < 0:
            raise ConfigurationError(f"case {choice.case} has no leading suspect")
        self._order("attribute", case)

    def _ordered(self, order: str, case: Case, **having: Any) -> bool:
        """Whether there is such an order of this round."""
        return any(
            each.order == order
            and each.week == self.week
            and each.case == case
            and all(getattr(each, name) == value for name, value in having.items())
            for each in self.orders
        )

    def chosen(self, row: int, track: str) -> str | None:
        """The measure that was chosen on a track of a case in this round; None: none was."""
        case = known(self.world, row)
        found = [each for each in self.orders if each.week == self.week and each.order == "take" and each.case == case]
        names = [list(self.configuration.measures)[each.measure] for each in found if each.track == track]
        return names[-1] if names else None

    def measure_row(self, name: str) -> int:
        """Row of a measure; raises `ConfigurationError`."""
        measures = list(self.configuration.measures)
        if name not in measures:
            nearest = nearest_name(name, measures)
            raise ConfigurationError("is not in the toolbox", key="measure", value=name, nearest=nearest)
        return measures.index(name)

    def objection(self, row: int, measure: int) -> tuple[str, str]:
        """Track of a measure on a case, and why it may not be taken now; empty: it may."""
        track = track_of(self.world, measure)
        if track is None:
            return "", "it is a standing programme"
        case = known(self.world, row)
        if self._ordered("take", case, track=track):
            return track, f"the table has chosen its {KINDS[track]} in this round; take that back to choose another"
        world = self.world
        if self._ordered("attribute", case):  # which takes effect before measures are prepared
            world = world.copy()
            world.cases.status[row], world.cases.attributed[row] = ANSWERING, self.week
        return track, why_not(world, self.configuration, row, measure, track, self.week)

    def _measure(self, choice: Any, role: str) -> None:
        case, row = self._ours(choice.case)
        measure = self.measure_row(choice.measure)
        track, objection = self.objection(row, measure)
        if objection:
            title = self.configuration.measures[choice.measure].title
            raise ConfigurationError(f"{title} cannot be prepared now: {objection}")
        low, high = (float(self.world.measures[f"bite_{end}"][measure]) for end in ("low", "high"))
        self._order("take", case, track=track, measure=measure, amount=low + choice.strength * (high - low))

    def _ask(self, choice: Any, role: str) -> None:
        case, row = self._ours(choice.case)
        if self.world.cases.status[row] not in (OPEN, ANSWERING):
            raise ConfigurationError(f"case {choice.case} is closed")
        if choice.case in self.asked or self._ordered("ask", case):
            raise ConfigurationError(f"partners have been asked about case {choice.case} already")
        if self.exercise.world.partner is None:
            self._order("ask", case)
        else:
            self.asked.add(choice.case)

    def _tell(self, choice: Any, role: str) -> None:
        if choice.case not in self.asked:
            raise ConfigurationError(f"nobody has asked about case {choice.case}")
        case = known(self.world, self.row(choice.case))
        if choice.tells:  # who keeps it to itself has not answered: nobody hears of it
            self.asked.discard(choice.case)
            self._order("ask", case)

    def _vote(self, choice: Any, role: str) -> None:
        case, _ = self._ours(choice.case)
        track = track_of(self.world, self.measure_row(choice.measure))
        if track is None:
            raise ConfigurationError("is not voted on", key="measure", value=choice.measure)
        if self.world.measures.adoption[self.measure_row(choice.measure)] == ROUTINE:
            raise ConfigurationError("it is decided without a vote")
        stage = self.world.tracks[track_row(self.row(choice.case), TRACKS.index(track))].stage
        if stage == ADOPTED:
            raise ConfigurationError(f"it is too late: the case has its {KINDS[track]} already, adopted")
        member = self._victim(self.exercise.world.delegation or "")
        self._order("vote", case, track=track, victim=member, activity=position_code(choice.position))

    def _victim(self, name: str) -> int:
        """Row of a victim, by its name in the world or in the cast; raises `ConfigurationError`."""
        victims = victims_of(self.configuration)
        cast = self.exercise.world.cast
        name = next((each for each in [*cast, *victims] if each.lower() == name.lower()), name)
        if cast.get(name, name) not in victims:
            nearest = nearest_name(name, [*cast, *victims])
            raise ConfigurationError("is not in this world", key="victim", value=name, nearest=nearest)
        return victims.index(cast.get(name, name))

    def _answer(self, choice: Any, role: str) -> None:
        told = next((each for each in self.news if each.name == choice.inject), None)
        if told is None or told.inject.question is None or (role != FACILITATOR and role not in told.inject.asked):
            raise ConfigurationError(f"the news “{choice.inject}” asks you nothing")
        if choice.option >= len(told.inject.question.options):
            allowed = f"1 to {len(told.inject.question.options)}"
            raise ConfigurationError("is no option", key="option", value=choice.option + 1, allowed=allowed)
        self.answers[choice.inject, role] = choice.option

    def _perpetrator(self) -> int:
        name = self.exercise.world.red_team
        if name is None:
            raise ConfigurationError("has no perpetrator in this exercise", key="role", value="red_team")
        row = list(self.configuration.perpetrators).index(name)
        if any(order.perpetrator == row and order.week == self.week for order in self.orders):
            raise ConfigurationError("the red team has chosen for this round already: take that back first")
        return row

    def _strike(self, choice: Any, role: str) -> None:
        activities = list(self.configuration.activities)
        if choice.activity not in activities[1:]:
            nearest = nearest_name(choice.activity, activities)
            raise ConfigurationError("is not an activity", key="activity", value=choice.activity, nearest=nearest)
        row, activity = self._perpetrator(), activities.index(choice.activity)
        if self.world.activities.required_capability[activity] > self.world.perpetrators.capability[row]:
            raise ConfigurationError("is beyond its capability", key="activity", value=choice.activity)
        victim = self._victim(choice.victim)
        given: dict[str, Any] = {"victim": victim, "activity": activity, "weeks": 1, "planted": choice.false_flag}
        self.orders.append(Order(self.week, "strike", perpetrator=row, **given))

    def _hold_back(self, choice: Any, role: str) -> None:
        row = self._perpetrator()
        self.orders.append(Order(self.week, "restrain", perpetrator=row, weeks=self.next_week() - self.week))

    # The facilitator

    def _pending(self, name: str) -> tuple[int, Inject]:
        """Week and text of an inject that has not come, and whose act is not done; raises `ConfigurationError`."""
        if name not in self.coming or name in self.cases:
            nearest = nearest_name(name, self.coming)
            raise ConfigurationError("is no inject that is still to come", key="inject", value=name, nearest=nearest)
        return self.coming[name]

    def _skip(self, choice: Any, role: str) -> None:
        self._pending(choice.inject)
        del self.coming[choice.inject]

    def _postpone(self, choice: Any, role: str) -> None:
        week, inject = self._pending(choice.inject)
        if inject.act and self._meets(choice.inject, week + choice.weeks - inject.act.before):
            problem = "would be done in the week of another act of the same perpetrator"
            raise ConfigurationError(problem, key="weeks", value=choice.weeks, allowed="a week more or less")
        self.coming[choice.inject] = week + choice.weeks, inject

    def _meets(self, name: str, week: int) -> bool:
        """Whether an act in this week of the exercise would meet another one of its perpetrator."""
        acts = [(other, its, inject.act) for other, (its, inject) in self.coming.items() if inject.act]
        who = next(act.perpetrator for other, _, act in acts if other == name)
        return any(act.perpetrator == who and its - act.before == week for other, its, act in acts if other != name)

    def _change(self, choice: Any, role: str) -> None:
        week, inject = self._pending(choice.inject)
        self.coming[choice.inject] = week, inject.model_copy(update={"text": choice.text})

    def _insert(self, choice: Any, role: str) -> None:
        week = self.week - self.first
        told = Inject(title=choice.title, week=week, sender=choice.sender, to=choice.to, text=choice.text)
        number = sum(each.name.startswith(INSERTED) for each in self.news)
        self.news.append(News(week, f"{INSERTED}_{number + 1}", told))

    def _pause(self, choice: Any, role: str) -> None:
        self.paused = choice.paused

    def _back(self, number: int, entry: Entry) -> None:
        if entry.role != FACILITATOR:
            raise ConfigurationError(f"the {_chair(entry.role)} may not decide this", allowed=FACILITATOR)
        if number >= len(self.rounds):
            allowed = f"1 to {len(self.rounds)}"
            raise ConfigurationError("has not been played", key="round", value=number + 1, allowed=allowed)
        self._become(self.rounds[number]._copied(), self.rounds[: number + 1])

    def _become(self, other: "Play", rounds: "list[Play]") -> None:
        self.__dict__ = copy(other.__dict__)
        self.rounds = rounds

    def _take_back(self, role: str) -> None:
        """Begin the round anew, with all its choices but the last of a role.

        For the presidency, which leads, that is its own or the chair's; for the facilitator, anybody's.
        """
        began = self.rounds[-1]
        made = self.line[len(began.line) :]
        own = [at for at, entry in enumerate(made) if _may_take_back(role, entry)]
        if not own:
            raise ConfigurationError("there is nothing of this round to take back")
        other = began._copied()
        for place, entry in enumerate(made):
            if place == own[-1]:
                continue
            try:
                other.do(entry)
            except ConfigurationError:
                if hidden(entry):  # who takes something back learns nothing of it
                    continue
                problem = f"it cannot be taken back, for this rests on it: {entry.choice.kind.replace('_', ' ')}"
                raise ConfigurationError(problem) from None
        other.paused = self.paused
        self._become(other, self.rounds)

    # Weeks pass

    def next_week(self) -> int:
        """Week in which the next round takes place, or to which consequences are counted."""
        weeks = [each.week for each in self.exercise.rounds.values()]
        if self.round + 1 < len(weeks):
            return self.first + weeks[self.round + 1]
        return self.first + weeks[-1] + self.exercise.horizon

    def _go_on(self, choice: Any, role: str) -> None:
        last = self.round + 1 == len(self.exercise.rounds)
        self._pass(self.next_week())
        self.round += 1
        self.over = last
        self.asked.clear()

    def as_it_stands(self) -> "Play":
        """A copy that stays as it is, whatever is decided here later."""
        other = self._copied()
        other.rounds = list(self.rounds)
        return other

    def _copied(self) -> "Play":
        other = copy(self)
        for name, value in self.__dict__.items():
            if isinstance(value, (list, dict, set)):
                setattr(other, name, copy(value))
        other.numbers = Numbers(dict(self.numbers.of))
        other.rounds = []
        return other

    def _pass(self, until: int) -> None:
        """Let weeks pass until another: acts are done, and news comes in, each in its week."""
        while True:
            ahead = [(week, name) for name, week in self._events() if week <= until]
            week, name = min(ahead, default=(until, ""))
            self._on(week)
            if not name:
                return
            self._happens(name, week)

    def _events(self) -> Iterable[tuple[str, int]]:
        """What is to come next of each inject, and in which week of the world: its act first, then its news."""
        for name, (week, inject) in self.coming.items():
            done = inject.act is None or name in self.cases
            yield name, self.first + week - (0 if done or inject.act is None else inject.act.before)

    def _happens(self, name: str, week: int) -> None:
        planned, inject = self.coming[name]
        act = inject.act
        if name not in self.cases and not self._holds(inject):
            del self.coming[name]
            return
        if act is not None and name not in self.cases:
            perpetrator = list(self.configuration.perpetrators).index(act.perpetrator)
            case = Case(int(self.world.perpetrators.entity[perpetrator]), week)
            self.cases[name] = case
            activity = list(self.configuration.activities).index(act.activity)
            given: dict[str, Any] = {"victim": self._victim(act.victim), "activity": activity}
            given["planted"] = act.false_flag
            weeks = max(0, act.before - 1) if act.detected else -1
            self.orders.append(Order(week, "strike", perpetrator=perpetrator, weeks=weeks, **given))
            self.orders.append(Order(week, "hold", case))
            return
        del self.coming[name]
        self.news.append(News(planned, name, inject))

    def _holds(self, inject: Inject) -> bool:
        condition = inject.condition
        attributed, answered = (self._reached(week) for week in (self.attributed, self.answered))
        return (
            all(map(attributed, condition.attributed))
            and not any(map(attributed, condition.not_attributed))
            and all(map(answered, condition.answered))
            and not any(map(answered, condition.not_answered))
        )

    def _reached(self, week: Callable[[Case], int]) -> Callable[[str], bool]:
        """Whether the case of an inject has come so far by now."""

        def reached(name: str) -> bool:
            return name in self.cases and week(self.cases[name]) != NEVER

        return reached

    def place_of(self, case: Case) -> tuple[Any, Any, int]:
        """Where a case stands: the table of cases and that of tracks, docket or ledger, and its row; −1: in neither."""
        row, world = row_of(self.world, case), self.world
        if row >= 0:
            return world.cases, world.tracks, row
        rows = int(world.council.ledger_rows[0])
        ended = (world.ledger.entity[:rows] == case.entity) & (world.ledger.begun[:rows] == case.begun)
        found = np.flatnonzero(ended)
        return world.ledger, world.ledger_tracks, int(found[-1]) if len(found) else NEVER

    def found(self, case: Case, column: str) -> Any:
        """A column of a case, on the docket or in the ledger; −1 where it is in neither."""
        cases, _, row = self.place_of(case)
        return cases[row][column] if row >= 0 else NEVER

    def attributed(self, case: Case) -> int:
        """Week in which the EU attributed a case; −1: not."""
        return int(self.found(case, "attributed"))

    def answered(self, case: Case) -> int:
        """Week in which the first measure on a case was adopted, whether it names anybody or not; −1: none."""
        _, tracks, row = self.place_of(case)
        weeks = [int(tracks.adopted[track_row(row, kind)]) for kind in range(len(TRACKS))] if row >= 0 else []
        return min((week for week in weeks if week != NEVER), default=NEVER)

    def _on(self, week: int) -> None:
        if week <= self.week:
            return
        self.world = played(self.ordered(), self.configuration.scenario.time.burn_in, self.week, week)
        self.week = week
        self.numbers.note(self.world, self.cases.values())

    def surfaced(self) -> list[int]:
        """Rows of the cases that have surfaced and are on the docket."""
        status = self.world.cases.status
        return [row for row in range(len(status)) if status[row] not in (EMPTY, LATENT)]


def replayed(exercise: Exercise, configuration: Configuration, entries: Iterable[Entry]) -> Play:
    """The play to which these entries lead; raises `ConfigurationError` where one cannot be taken up."""
    play = Play(exercise, configuration)
    for entry in entries:
        play.do(entry)
    return play


def _may_take_back(role: str, entry: Entry) -> bool:
    """Whether a role may take back a choice: its own; the presidency, which leads, what it knows of the chair's."""
    known_of = entry.role == "chair" and entry.choice.kind in (*PUBLIC, *OF_THE_TABLE)
    may = entry.role == role or role == FACILITATOR or (role == "presidency" and known_of)
    return may and entry.choice.kind != "pause"


def _who(kind: str) -> str:
    return ", ".join(map(_chair, [*WHO[kind], FACILITATOR]))


def _chair(role: str) -> str:
    return role.replace("_", " ")


def news_of(play: Play, role: Role | str) -> list[News]:
    """News that a role was sent; the facilitator sees all."""
    return [each for each in play.news if role == FACILITATOR or role in each.inject.to]
