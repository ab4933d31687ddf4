"""The journal for others to read: a table with a line for each choice, and the story of the exercise in Markdown."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from analysis.results.table_files import csv
from experiments.exercise.debrief.outcomes import cases_of, day, said
from experiments.exercise.journal import Journal
from experiments.exercise.sight import votes_in

COLUMNS = ("number", "branch", "round", "sitting", "week", "day", "role", "kind", "choice", "reason", "at", "values")
"""Columns of the table: a branch begins whenever a facilitator goes back to a round; rounds count from 1."""
MARKS = re.compile(r"([\\`*_\[\]<>#|~&])|(?<=^\d)([.)])|^([-+=])")
"""What Markdown takes for more than letters: some anywhere, some where a line begins."""


def rows_of(journal: Journal) -> Iterator[dict[str, Any]]:
    """The choices of all branches in the order in which they were made."""
    play = journal.play
    sittings = list(play.exercise.rounds.values())
    branch, place = 1, 0
    for number, entry in enumerate(journal.entries, start=1):
        sitting = sittings[min(place, len(sittings) - 1)]
        yield {
            "number": number,
            "branch": branch,
            "round": min(place, len(sittings) - 1) + 1,
            "sitting": sitting.title,
            "week": sitting.week,
            "day": day(play, sitting.week),
            "role": entry.role,
            "kind": entry.choice.kind,
            "choice": said(play, entry),
            "reason": entry.reason,
            "at": entry.at,
            "values": json.dumps(entry.choice.model_dump(mode="json"), ensure_ascii=False),
        }
        if entry.choice.kind == "go_on":
            place += 1
        elif entry.choice.kind == "back":
            branch, place = branch + 1, entry.choice.round


def csv_of(journal: Journal) -> bytes:
    """The journal as CSV, in which no text is a formula."""
    import polars as pl

    rows = list(rows_of(journal))
    whole = ("number", "branch", "round", "week")
    schema = {name: pl.Int64 if name in whole else pl.String for name in COLUMNS}
    return csv(pl.DataFrame(rows, schema=schema))


def markdown_of(journal: Journal) -> str:
    """The branch that was played last, round by round: news, choices with reasons, votes and what came of them."""
    play = journal.play
    entries = _by_round(journal)
    lines = [f"# {text(play.exercise.title)}", "", text(play.exercise.idea), ""]
    if back := sum(entry.choice.kind == "back" for entry in journal.entries):
        lines += [
            f"Rounds were begun again {back} time{'s' * (back > 1)}. This is what was played last; the table has all.",
            "",
        ]
    sittings = list(play.exercise.rounds.values())
    for place, began in enumerate(play.rounds):
        sitting, week = sittings[place], began.week - play.first
        until = play.rounds[place + 1].week - play.first if place + 1 < len(play.rounds) else play.week - play.first
        since = play.rounds[place - 1].week - play.first + 1 if place else -play.first
        lines += [f"## {place + 1}. {text(sitting.title)}", "", f"Week {week}, {day(play, week)}.", ""]
        lines += [text(sitting.task), ""]
        for told in (each for each in play.news if since <= each.week <= week):
            to = ", ".join(role.replace("_", " ") for role in told.inject.to)
            lines += [
                f"### {text(told.inject.title)}",
                "",
                f"{text(told.inject.sender)}, week {told.week}, to: {to}",
                "",
            ]
            lines += [quoted(told.inject.text), ""]
            for title, attachment in told.inject.attachments.items():
                lines += [quoted(f"{title}: {attachment}"), ""]
            if told.inject.question:
                lines += [text(told.inject.question.text), ""]
                lines += [*(f"{n}. {text(each)}" for n, each in enumerate(told.inject.question.options, start=1)), ""]
        lines += ["### Choices", ""]
        lines += [*map(_choice, entries[place]), ""] if entries[place] else ["None.", ""]
        if came := _came(journal, week, until):
            lines += [f"### What came of them by week {until}", "", *came, ""]
    return "\n".join(lines)


def _by_round(journal: Journal) -> list[list[tuple[str, str, str]]]:
    """Choices of the branch that was played last, by round: role, words, reason."""
    found: list[list[tuple[str, str, str]]] = [[] for _ in journal.play.rounds]
    place = 0
    for entry in journal.play.line:
        if entry.choice.kind == "go_on":
            place += 1
        elif entry.choice.kind != "pause" and place < len(found):
            found[place].append((entry.role.replace("_", " "), said(journal.play, entry), entry.reason))
    return found


def _choice(choice: Sequence[str]) -> str:
    role, words, reason = choice
    return f"- {role}: {text(words)}" + (f". Why: {text(reason)}" if reason else "")


def _came(journal: Journal, since: int, until: int) -> list[str]:
    """What was decided on cases of the table after a round and by the next, with votes, in the order of weeks."""
    found: list[tuple[int, str]] = []
    for case in cases_of(journal.play):
        if not case["yours"]:
            continue
        name = f"case {case['case']} ({text(case['what'])} against {text(case['victim'])})"
        if case["attributed"] is not None:
            found.append((case["attributed"], f"{name} is attributed to {text(case['suspect'])}"))
        for each in case["decisions"]:
            measure = text(each["measure"] or each["sort"])
            if each["week"] is not None:
                found.append((each["week"], f"{measure} on {name}: {each['ended']}{votes_in(each)}"))
    return [f"- week {week}: {words}" for week, words in sorted(found) if since <= week < until]


def text(words: str) -> str:
    """A text of anybody's in one line, in which Markdown and HTML see letters alone."""
    return MARKS.sub(r"\\\g<0>", " ".join(words.split()))


def quoted(words: str) -> str:
    """Paragraphs of anybody's as a quotation."""
    paragraphs = [each for each in re.split(r"\n\s*\n", words.strip()) if each.strip()]
    return "\n>\n".join(f"> {text(each)}" for each in paragraphs)
