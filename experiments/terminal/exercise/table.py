"""Who sits at the screen, and what is said there: looks at the exercise, and choices."""

from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Group
from rich.text import Text

from experiments.exercise.choices import FACILITATOR, Entry, entry_of
from experiments.exercise.council import measures_on, votes_on
from experiments.exercise.debrief.outcomes import said
from experiments.exercise.debrief.rounds import rounds_of
from experiments.exercise.effects import effects_of
from experiments.exercise.journal import Journal
from experiments.exercise.scenario import ROLES
from experiments.exercise.sight import sight
from experiments.exercise.words import VERBS, typed, verbs_for
from experiments.terminal.comparison import bracketed
from experiments.terminal.exercise import situation as shown
from experiments.terminal.exercise.case import case_file, votes_table
from experiments.terminal.screen import Screen, titled
from model.errors import ConfigurationError

VIEWS = {
    "news [NAME|all]": "read what came in: all of this round, one, or all so far",
    "cases [all]": "the cases on the table, or all that are open",
    "case CASE": "one case: the evidence, what may be done, and why not",
    "votes CASE MEASURE": "how the 27 would vote today",
    "truth": "who did what, and what is to come (facilitator)",
    "consequences": "what this round's choices so far bring about (facilitator)",
    "again": "the situation again",
    "role NAME": "hand the screen to another chair",
    "help": "what you may type",
    "quit": "leave; the exercise goes on with --resume",
}
"""What may be looked at, and how; nothing of it is a choice."""
OF_THE_FACILITATOR = ("truth", "consequences")


class Table:
    """The screen of an exercise, in one chair at a time."""

    def __init__(self, screen: Screen, journal: Journal, role: str, *, facilitator: bool) -> None:
        self.screen, self.journal, self.facilitator = screen, journal, facilitator
        self.role = self._offered(role)
        self.hidden = False  # behind a curtain, until whoever is to sit here looks

    def serve(self, lines: Iterable[str]) -> None:
        """Answer lines until there are no more, or until somebody quits."""
        self.show_situation()
        for line in lines:
            words = " ".join(line.split())
            if words in ("quit", "exit"):
                return
            if self.hidden:
                self.hidden = False
                self.show_situation()
                continue
            if not words:
                continue
            try:
                self._answer(words, line.strip())
            except ConfigurationError as error:
                self.screen.warn(str(error))

    def _answer(self, words: str, line: str) -> None:
        first, *rest = words.split()
        looks: dict[str, Callable[..., None]] = {
            "news": self.show_news,
            "cases": self.show_cases,
            "case": self.show_case,
            "votes": self.show_votes,
            "truth": self.show_truth,
            "consequences": self.show_consequences,
            "again": self.show_situation,
            "role": self.sit_down,
            "help": self.show_help,
        }
        if first in looks:
            use = next(each for each in VIEWS if each.split()[0] == first)
            if not sum(word in ("CASE", "MEASURE", "NAME") for word in use.split()) <= len(rest) < len(use.split()):
                raise ConfigurationError("has too few or too many words", value=words, allowed=use)
            looks[first](*rest)
            return
        play = self.journal.play
        before = play.round, play.over, len(play.rounds)
        entry, made = typed(line, self.role), list(play.line)
        self.journal.do(entry)
        if (self.journal.play.round, self.journal.play.over, len(self.journal.play.rounds)) != before:
            self.show_situation()
        else:
            gone = [each for each in made if each not in self.journal.play.line]
            self.screen.say(
                "".join(f"Taken back: {said(play, each)}." for each in gone) or f"Noted: {said(play, entry)}."
            )

    def _seen(self) -> dict[str, Any]:
        return sight(self.journal.play, self.role)

    def _offered(self, role: str) -> str:
        """A chair at which somebody may sit; raises `ConfigurationError`."""
        setting = self.journal.play.exercise.world
        played = {"delegation": setting.delegation, "partner": setting.partner, "red_team": setting.red_team}
        offered = [each for each in ROLES if played.get(each, "always")] + [FACILITATOR] * self.facilitator
        if role not in offered:
            more = "" if self.facilitator or role != FACILITATOR else "; start with --facilitator to lead"
            raise ConfigurationError(f"is no chair at this table{more}", value=role, allowed=", ".join(offered))
        return role

    def sit_down(self, role: str) -> None:
        """Hand the screen to another chair, which sees nothing of what was shown to the last."""
        self.role = self._offered(role)
        if self.screen.clear():
            chair = self.role.replace("_", " ")
            self.screen.say(f"The screen is the {chair}'s: all others look away. Type anything to see it.")
            self.hidden = True
        else:
            self.show_situation()

    def show_situation(self) -> None:
        """The round, what is asked, news, and the cases on the table."""
        seen = self._seen()
        self._show(shown.situation(seen, self._decided(seen)))
        end = "again shows this again; help says what you may type; news lets you read."
        self.screen.show(Text("The brief is next: type quit." if seen["over"] else end, "dim"))

    def _decided(self, seen: dict[str, Any]) -> list[str]:
        """Choices of this round that this chair knows of."""
        return [
            f"{each['role'].replace('_', ' ')}: {said(self.journal.play, _entry(each))}"
            for each in seen["made"]
            if each["round"] == seen["round"]
        ]

    def _show(self, parts: Iterable[Any]) -> None:
        self.screen.show(Group(*parts))

    def show_news(self, name: str = "") -> None:
        """News of this round, one piece of it, or all so far."""
        seen = self._seen()
        names = [each["name"] for each in seen["news"]]
        fresh = shown.news_since(seen)
        found = fresh if not name else [each for each in seen["news"] if name in ("all", each["name"])]
        if name not in ("", "all", *names):
            raise ConfigurationError("is no news that you got", value=name, allowed=", ".join(names))
        for each in found:
            self._show([*shown.told(seen, each), Text()])
        if not found:
            self.screen.show(Text("No news since the last round; news all shows what came before."))

    def show_cases(self, which: str = "") -> None:
        """The cases on the table, or all."""
        if which not in ("", "all"):
            raise ConfigurationError("is neither nothing nor all", value=which, allowed="cases, cases all")
        seen = self._seen()
        self._show(shown.docket(seen, every=bool(which)) if "docket" in seen else shown.public(seen))

    def show_case(self, number: str) -> None:
        """One case: evidence, what is being done, and measures with what each needs, costs and takes."""
        seen = self._seen()
        found = measures_on(self.journal.play, self.role, _number(number))
        entry = next(each for each in seen["docket"] if each["number"] == int(number))
        self._show(case_file(seen, entry, found["measures"]))

    def show_votes(self, number: str, measure: str) -> None:
        """How the members would vote now."""
        self._show(votes_table(votes_on(self.journal.play, self.role, _number(number), measure)))

    def show_truth(self) -> None:
        """Who did what, and what is to come."""
        self._refuse_players("truth")
        self._show(shown.truth(self._seen()))

    def show_consequences(self) -> None:
        """What was decided in this round so far brings about, beside nothing decided."""
        self._refuse_players("consequences")
        found = effects_of(rounds_of(self.journal.play)[-1])
        rows = []
        for row in found["rows"]:
            scale, unit = (100.0, " (%)") if row["share"] else (1.0, "")
            levels = [bracketed(level, scale) for level in row["levels"]]
            difference = bracketed(row["difference"], scale, signed=True) + ("" if row["told"] else " ~")
            rows.append([f"{row['title']}{unit}", *levels, difference])
        title = f"What the choices of {found['title']} bring about: {found['n']} futures of {found['weeks']} weeks"
        caption = "In the model, with 95 % intervals, on the same random numbers. ~: unclear."
        heads = ["figure", *found["arms"], "difference"]
        self.screen.show(shown.listed(title, heads, rows, caption))

    def _refuse_players(self, look: str) -> None:
        if self.role != FACILITATOR:
            raise ConfigurationError("is for the facilitator alone", value=look)

    def show_help(self) -> None:
        """What this chair may type."""
        seen, leads = self._seen(), self.role == FACILITATOR
        sits = "measures" in seen
        looks = [
            (use, does)
            for use, does in VIEWS.items()
            if (leads or use not in OF_THE_FACILITATOR) and (sits or use.split()[0] not in ("case", "votes"))
        ]
        verbs = [(VERBS[verb].use, VERBS[verb].does) for verb in verbs_for(self.role, seen["choices"])]
        note = "A reason may follow after a dash: attribute 2 - the evidence stands."
        self.screen.show(titled("You may look", ["", ""], looks, show_header=False))
        self.screen.show(
            titled("You may decide", ["", ""], verbs, caption=note, caption_justify="left", show_header=False)
        )
        if victims := seen.get("own", {}).get("victims"):
            self.screen.show(Text("You may strike: " + ", ".join(victims) + "."))


def _entry(made: dict[str, Any]) -> Entry:
    return entry_of({"role": made["role"], "choice": made["choice"]})


def _number(word: str) -> int:
    if not word.isdecimal():
        raise ConfigurationError("is not the number of a case", value=word)
    return int(word)
