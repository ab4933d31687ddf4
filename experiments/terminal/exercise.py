"""An exercise at the terminal: the situation as a role sees it, on one screen, and a line to decide in."""

from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from experiments.exercise.cases import ballot, options
from experiments.exercise.choices import FACILITATOR
from experiments.exercise.consequences import DECIDED, Consequences, consequences
from experiments.exercise.debrief.rounds import rounds_of
from experiments.exercise.journal import Journal
from experiments.exercise.scenario import ROLES
from experiments.exercise.sight import sight
from experiments.exercise.words import VERBS, typed, verbs_for
from experiments.terminal.screen import Screen, titled
from model.errors import ConfigurationError

VIEWS = {
    "news": "what you were told, the latest last",
    "cases": "the docket",
    "case CASE": "one case, what may be done about it, and why not",
    "votes CASE NAME": "how the 27 would vote now",
    "consequences": "what this round's choices so far bring about (facilitator)",
    "role NAME": "sit in another chair",
    "help": "what you may say",
    "quit": "leave; the exercise goes on with --resume",
}
"""What may be looked at, and how; nothing of it is a choice."""


class Table:
    """Who sits at the screen, and what is said there."""

    def __init__(self, screen: Screen, journal: Journal, role: str, *, facilitator: bool) -> None:
        self.screen, self.journal, self.role, self.facilitator = screen, journal, role, facilitator

    def serve(self, lines: Iterable[str]) -> None:
        """Answer lines until there are no more, or until somebody quits."""
        self.show_situation()
        for line in lines:
            said = " ".join(line.split())
            if said in ("quit", "exit"):
                return
            if not said:
                continue
            try:
                self._answer(said, line.strip())
            except ConfigurationError as error:
                self.screen.warn(str(error))

    def _answer(self, said: str, line: str) -> None:
        first, *rest = said.split()
        looks: dict[str, Callable[..., None]] = {
            "news": self.show_news,
            "cases": self.show_cases,
            "case": self.show_case,
            "votes": self.show_votes,
            "consequences": self.show_consequences,
            "role": self.sit_down,
            "help": self.show_help,
        }
        if first in looks:
            try:
                looks[first](*rest)
            except TypeError:
                use = next(each for each in VIEWS if each.split()[0] == first)
                raise ConfigurationError("has too few or too many words", value=said, allowed=use) from None
            return
        before = self.journal.play.round, self.journal.play.over
        self.journal.do(typed(line, self.role))
        if (self.journal.play.round, self.journal.play.over) != before:
            self.show_situation()
        else:
            self.screen.say("Noted.")

    def _seen(self) -> dict[str, Any]:
        return sight(self.journal.play, self.role)

    def sit_down(self, role: str) -> None:
        """Sit in another chair."""
        offered = (*ROLES, *((FACILITATOR,) if self.facilitator else ()))
        if role not in offered:
            raise ConfigurationError("is no chair at this table", value=role, allowed=", ".join(offered))
        self.role = role
        self.show_situation()

    def show_situation(self) -> None:
        """The round, what is asked, news that came with it, and the cases on the table."""
        found = self._seen()
        sitting = found["sitting"]
        if found["over"]:
            self.screen.show(Text(f"{found['title']}: the exercise is over", "bold"))
            return
        head = (
            f"{sitting['title']} · round {found['round'] + 1} of {found['rounds']} · {found['day']} · {self._chair()}"
        )
        parts: list[Any] = [Text(head, "bold"), Text(_flowing(sitting["task"]))]
        latest = max((each["week"] for each in found["news"]), default=0)
        since = found["week"] if found["round"] == 0 else self._week_before() + 1
        fresh = [each for each in found["news"] if since <= each["week"] <= latest]
        for each in fresh:
            parts += [Text(), *_told(each)]
        self.screen.show(Group(*parts))
        self.show_cases()
        self.screen.show(Text("help says what you may do.", "dim"))

    def _week_before(self) -> int:
        rounds = list(self.journal.play.exercise.rounds.values())
        return rounds[max(0, self.journal.play.round - 1)].week

    def _chair(self) -> str:
        return f"you are the {self.role.replace('_', ' ')}"

    def show_news(self) -> None:
        """Everything that this role was told."""
        found = self._seen()
        for each in found["news"]:
            self.screen.show(Group(*_told(each), Text()))
        for each in found["questions"]:
            parts: list[Any] = [Text(f"Question ({each['inject']}): {_flowing(each['text'])}", "bold")]
            for number, option in enumerate(each["options"], start=1):
                chosen = " (your answer)" if each["answered"] == number - 1 else ""
                parts.append(Padding(Text(f"{number}  {_flowing(option)}{chosen}"), (0, 0, 0, 2)))
            self.screen.show(Group(*parts, Text()))

    def show_cases(self) -> None:
        """The docket as this role sees it: those on the table first."""
        found = self._seen()
        docket = found.get("docket", [])
        if not docket:
            self.screen.show(Text("No cases that you can see."))
            return
        ours = [each for each in docket if each.get("held", True)]
        others = len(docket) - len(ours)
        heads = ["case", "victim", "what", "severity", "suspect (confidence)", "status"]
        rows = [
            [
                str(each["number"]),
                each["victim"],
                each["activity"],
                f"{each['severity']:.2f}",
                f"{each['suspect']} ({each['confidence']:.2f})" if each.get("suspect") else "",
                each["status"],
            ]
            for each in ours
        ]
        caption = (
            f"{others} other cases are with the working parties; take up CASE brings one here." if others else None
        )
        self.screen.show(titled("Cases on the table", heads, rows, caption=caption, caption_justify="left"))

    def show_case(self, number: str) -> None:
        """One case: evidence, tracks, and measures with what each needs, costs and takes."""
        play = self.journal.play
        row = play.row(_number(number))
        entry = next((each for each in self._seen().get("docket", []) if each["number"] == int(number)), None)
        if entry is None or "tracks" not in entry:
            raise ConfigurationError("is not shown to you", key="case", value=int(number))
        who = f"{entry['suspect']}, confidence {entry['confidence']:.2f}" if entry["suspect"] else "nobody leads"
        lines = [
            f"Case {number}: {entry['activity']} against {entry['victim']}, "
            f"severity {entry['severity']:.2f}, {entry['status']}",
            f"Suspect: {who}; a state behind it {entry['state_confidence']:.2f}; {entry['clues']} clues; "
            f"{entry['national']} Member States attribute it in public",
        ]
        for track in entry["tracks"]:
            lines.append(f"{track['track']}: {track['stage']} {track['measure']}".rstrip())
        self.screen.show(Group(*map(Text, lines)))
        rows = []
        for each in options(play.world, play.configuration, row, play.week):
            why = play.objection(row, play.measure_row(each.measure))[1]
            low, high = each.weeks
            rows.append(
                [
                    each.measure,
                    each.track,
                    each.adoption,
                    f"{low:.0f}–{high:.0f}",
                    f"{each.cost:.2f}",
                    why or "may be taken",
                ]
            )
        heads = ["measure", "track", "decided by", "weeks", "cost", ""]
        self.screen.show(titled("Measures", heads, rows))

    def show_votes(self, number: str, measure: str) -> None:
        """How the members would vote now."""
        play = self.journal.play
        row, place = play.row(_number(number)), play.measure_row(measure)
        track, objection = play.objection(row, place)
        if not track:
            raise ConfigurationError(f"is not voted on: {objection}", key="measure", value=measure)
        found = ballot(play.world, play.configuration, row, place, track, play.week)
        by_position: dict[str, list[str]] = {}
        for member, position in found.positions.items():
            by_position.setdefault(position, []).append(member)
        rows = [[position, str(len(members)), ", ".join(members)] for position, members in by_position.items()]
        carried = f"would carry {found.share:.0%} of the EU" if found.share > 0.0 else "would fail"
        self.screen.show(titled(f"{measure} on case {number} {carried} today", ["position", "n", "members"], rows))

    def show_consequences(self) -> None:
        """What was decided in this round so far brings about, beside nothing decided."""
        if self.role != FACILITATOR:
            raise ConfigurationError("is for the facilitator alone", value="consequences")
        sat = rounds_of(self.journal.play)[-1]
        show_consequences(self.screen, consequences(sat.began, {DECIDED: sat.decided}))

    def show_help(self) -> None:
        """What this role may say."""
        verbs = verbs_for(self.role, self._seen()["choices"])
        rows = [[VERBS[verb].use, VERBS[verb].does] for verb in verbs] + [[use, does] for use, does in VIEWS.items()]
        note = "A reason may follow after a dash: attribute 2 - the evidence stands."
        self.screen.show(titled("You may say", ["", ""], rows, caption=note, caption_justify="left", show_header=False))


def show_consequences(screen: Screen, found: Consequences) -> None:
    """Figures of alternatives, with their differences from nothing decided."""
    names = list(dict.fromkeys(name for name, _ in found.levels))
    metrics = list(dict.fromkeys(metric for _, metric in found.levels))
    rows = []
    for name in names:
        cells = []
        for metric in metrics:
            figure = found.levels[name, metric]
            mean, low, high = figure["mean"], figure["low"], figure["high"]
            cells.append("undefined" if mean is None else f"{mean:.3f} [{low:.3f}, {high:.3f}]")
        rows.append([name, *cells])
    screen.show(titled(f"n = {found.n} futures of {found.weeks} weeks", ["", *metrics], rows))


def _told(each: dict[str, Any]) -> list[Text]:
    return [
        Text(f"{each['title']} ({each['from']}, {each['day']}) [{each['name']}]", "bold"),
        Text(_flowing(each["text"])),
    ]


def _flowing(text: str) -> str:
    """A text whose lines are those of its paragraphs."""
    paragraphs = text.strip().split("\n\n")
    return "\n".join(" ".join(each.split()) for each in paragraphs)


def _number(word: str) -> int:
    if not word.isdecimal():
        raise ConfigurationError("is not the number of a case", value=word)
    return int(word)
