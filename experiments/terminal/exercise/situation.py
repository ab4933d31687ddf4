"""The situation as a chair sees it: what is asked, what came in, what it has of its own, and the cases.

All of it is made from the sight of that chair, so that nothing else can be on the screen.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from rich.padding import Padding
from rich.text import Text

from experiments.terminal.screen import titled

Sight = Mapping[str, Any]
"""What `experiments.exercise.sight` shows to a role."""
Parts = Iterator[Any]


def situation(seen: Sight, decided: Sequence[str]) -> Parts:
    """The situation on one screen; `decided` are the choices of this round that the chair knows, in words."""
    day, chair = written(seen["day"]), f"you are the {seen['role'].replace('_', ' ')}"
    if seen["over"]:
        yield Text(f"{seen['title']} · the exercise is over · {day} · {chair}", "bold")
    else:
        sitting = seen["sitting"]
        yield Text(f"{sitting['title']} · round {seen['round'] + 1} of {seen['rounds']} · {day} · {chair}", "bold")
        yield Text(flowing(sitting["task"]))
    if seen["paused"]:
        yield Text("The facilitator has paused the exercise: nobody can decide anything.", "bold")
    for each in seen.get("happened", []):
        yield Text(f"Since the last round, {each}.")
    yield from inbox(seen)
    yield from _own(seen)
    yield from docket(seen)
    for each in seen.get("ended", []):
        done = (
            "; ".join(f"{one['measure'] or one['sort']} {one['ended']}" for one in each["decisions"]) or "nothing done"
        )
        yield Text(f"Over: case {each['number']}, the EU named {each['named'] or 'nobody'}; {done}.")
    if seen["role"] in ("partner", "red_team"):
        yield from public(seen)
    for each in decided:
        yield Text(f"In this round, {each}.")


def inbox(seen: Sight) -> Parts:
    """News since the round before, by name."""
    fresh = news_since(seen)
    if not fresh:
        yield Text("No news since the last round.")
        return
    answered = {each["inject"]: each["answered"] for each in seen["questions"]}
    rows = []
    for each in fresh:
        notes = []
        if each["name"] in answered:
            given = answered[each["name"]]
            notes.append("asks you" if given is None else f"you answered {given + 1}")
        if each["attachments"]:
            notes.append(f"{len(each['attachments'])} attached")
        rows.append([each["name"], each["title"], ", ".join(notes)])
    caption = "news NAME shows one of them, news shows these, news all everything so far."
    yield listed("News", ["name", "title", ""], rows, caption)


def news_since(seen: Sight) -> list[dict[str, Any]]:
    """News that is new in this round."""
    return [each for each in seen["news"] if seen["since"] is None or each["week"] > seen["since"]]


def told(seen: Sight, each: Mapping[str, Any]) -> Parts:
    """A piece of news in full, with what is attached and what it asks."""
    yield Text(f"{each['title']} ({each['from']}, {written(each['day'])})", "bold")
    yield Text(flowing(each["text"]))
    for title, text in each["attachments"].items():
        yield Padding(Text(f"Attached: {title}\n{flowing(text)}"), (0, 0, 0, 2))
    for question in seen["questions"]:
        if question["inject"] != each["name"]:
            continue
        yield Text(f"Question to you: {flowing(question['text'])}", "bold")
        for number, option in enumerate(question["options"], start=1):
            chosen = " (your answer)" if question["answered"] == number - 1 else ""
            yield Padding(Text(f"{number}  {flowing(option)}{chosen}"), (0, 0, 0, 2))
        yield Text(f"answer {each['name']} NUMBER - your reason", "dim")


def docket(seen: Sight, *, every: bool = False) -> Parts:
    """The cases that a chair sees: those on the table, or all."""
    if "docket" not in seen:
        return
    cases = seen["docket"]
    shown = [each for each in cases if every or each.get("held", True)]
    others = len(cases) - len(shown)
    since = seen["since"]
    new = sum(not each.get("held", True) and since is not None and each["opened"] > since for each in cases)
    rows = [
        [
            str(each["number"]),
            each["victim"],
            each["activity"],
            f"{each['severity']:.2f}",
            *(
                [f"{each['suspect']}, {each['confidence']:.0%}" if each["suspect"] else "nobody"]
                if "suspect" in each
                else []
            ),
            each["status"] + (", partners asked" if each["asked"] and "suspect" in each else ""),
        ]
        for each in shown
    ]
    suspects = any("suspect" in each for each in shown)
    heads = ["case", "victim", "what", "severity", *(["suspect, confidence"] if suspects else []), "status"]
    where = (
        f"With the working parties: {others} other cases, {new} of them new. cases all shows them." if others else None
    )
    if rows:
        yield listed("Cases" if every or not suspects else "Cases on the table", heads, rows, where)
    else:
        yield Text("No case concerns you." if seen["role"] == "partner" else f"No case is on the table. {where or ''}")


def public(seen: Sight) -> Parts:
    """Whom the EU has named, and what it has adopted, since the exercise began."""
    found = [each for each in seen["public"] if each["ours"]]
    if not found:
        yield Text("In public the EU has named nobody and adopted nothing on the cases of the news.")
    for each in found:
        named = f"the EU named {each['named']}" if each["named"] else "the EU named nobody"
        yield Text(f"In public, case {each['case']}: {named}; measures: {', '.join(each['measures']) or 'none'}.")


def _own(seen: Sight) -> Parts:
    """What a chair has of its own."""
    role, own = seen["role"], seen.get("own") or {}
    if role == "delegation" and own:
        yield Text(f"You speak for {own['name']}, which is convinced by a confidence of {own['standard']:.0%} or more.")
    if role == "partner" and own:
        chance = f"{own['brings']:.0%} within {own['within']} weeks"
        yield Text(f"You speak for {own['name']}. The chance that telling brings the EU a clue: {chance}.")
        for each in seen["docket"]:
            if each["asked"]:
                yield Text(
                    f"The EU asks what you know of case {each['number']}: tell {each['number']} yes, or no.", "bold"
                )
    if role == "red_team" and own:
        felt = f"Pressure of measures in force: {own['pressure']:.2f}. Motive to retaliate: {own['grievance']:.2f}."
        yield Text(f"You choose for {own['name']}. {felt}")
        yield Text("It is able to do: " + ", ".join(each["activity"] for each in own["activities"]) + ".")
        for act in own["acts"]:
            noticed = "not noticed" if act["case"] is None else f"noticed, case {act['case']}"
            trail = f", with a trail to {act['trail'] or 'another'}" if act["flag"] else ""
            yield Text(f"Week {act['week']}: {act['act']}{trail}; {noticed}; the EU named {act['named'] or 'nobody'}.")
        yield Text("help lists whom it may strike.", "dim")
    if "credibility" in seen and role != "facilitator":
        yield Text(f"The EU's credibility: {seen['credibility']:.2f}, from 0 to 1.")


def truth(seen: Sight) -> Parts:
    """Who did what, what is to come and what was answered: for the facilitator."""
    rows = [
        [
            str(each["case"]),
            each["culprit"] or "nobody: a false alarm",
            f"laid to {each['trail'] or 'another'}" if each["planted"] else "",
            each["inject"] or "",
        ]
        for each in seen["truth"]
        if each["inject"]
    ]
    yield listed("The truth, which no player sees", ["case", "who did it", "false trail", "news"], rows)
    coming = [
        [
            each["inject"],
            str(each["week"]),
            str(each["round"] or "–"),
            each["title"],
            "act done" if each["done"] else "",
        ]
        for each in seen["coming"]
    ]
    yield listed(f"To come; it is week {seen['week']}", ["name", "week", "round", "title", ""], coming)
    for each in seen["missed"]:
        yield Text(f"Will not come: {each['title']} ({each['why']})")
    for each in seen["answers"]:
        yield Text(f"{each['role'].replace('_', ' ')} answered {each['inject']}: {each['option'] + 1}")


def flowing(text: str) -> str:
    """A text whose lines are those of its paragraphs."""
    return "\n".join(" ".join(each.split()) for each in text.strip().split("\n\n"))


def written(day: str) -> str:
    """A day as people write it: 17 May 2021."""
    found = date.fromisoformat(day)
    return f"{found.day} {found:%B %Y}"


def listed(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str | None = None) -> Any:
    """A table whose first column, which is typed, is never cut."""
    first, others = {"no_wrap": True}, {"overflow": "fold"}
    style: dict[str, Any] = {"caption": caption, "caption_justify": "left", "caption_style": "dim"}
    return titled(title, heads, rows, first=first, others=others, **style)
