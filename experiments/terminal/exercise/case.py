"""One case: its evidence, what is being done, what may be done and why not, and how the 27 would vote."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from experiments.terminal.exercise.situation import Sight, listed


def case_file(seen: Sight, entry: Mapping[str, Any], measures: list[dict[str, Any]]) -> Iterator[Any]:
    """A case in full; `measures` are those of the toolbox on it."""
    who = f"{entry['suspect']}, confidence {entry['confidence']:.0%}" if entry["suspect"] else "nobody"
    yield Text(f"Case {entry['number']}: {entry['activity']} against {entry['victim']} · {entry['status']}", "bold")
    behind = f"{entry['state_confidence']:.0%}" if entry["state_confidence"] else "not established"
    yield Text(
        f"Severity {entry['severity']:.2f} of 1. Suspect: {who}. That a state stands behind the suspect: {behind}. "
        f"Clues: {entry['clues']}. Member States that attribute it in public: {entry['national']}."
    )
    if entry["attributed"] is not None:
        yield Text(f"The EU has attributed it, in week {entry['attributed']}.")
    if entry["asked"] or entry["told"]:
        yield Text(
            "Partners were asked; a clue may follow." if entry["told"] else "Partners are asked, and have not answered."
        )
    if not entry["held"]:
        yield Text(f"It is with the working parties. take up {entry['number']} brings it to your table.")
    for own in seen.get("own", {}).get("cases", []):
        if own["case"] == entry["number"]:
            met = "is met" if own["convinced"] else "is not met"
            yield Text(f"Your own standard, a confidence of {seen['own']['standard']:.0%}, {met}.")
            if own["dependence"] is not None:
                yield Text(f"You depend on the suspect's state by {own['dependence']:.2f} (1: as the median member).")
    for fixed in seen.get("own", {}).get("positions", []):
        if fixed["case"] == entry["number"]:
            yield Text(f"Your position on its {fixed['sort']}: {fixed['position']}.")
    for track in entry["tracks"]:
        votes = "votes for, against, abstaining: {}, {}, {}".format(*track["votes"]) if any(track["votes"]) else ""
        words = [f"{track['sort']}: {track['measure']}", track["stage"]]
        due = "" if track["due"] is None else f"decision due in week {track['due']}; it is week {seen['week']}"
        yield Text(" · ".join(each for each in (*words, due, votes) if each))
    for chosen in entry["chosen"]:
        yield Text(f"{chosen['sort']}: {chosen['measure']} · chosen in this round")
    if entry["named"]:
        yield Text("It is decided to attribute it.")
    yield from _measures(measures)


def _measures(measures: list[dict[str, Any]]) -> Iterator[Any]:
    rows = [
        [
            each["measure"],
            each["sort"],
            each["decided_by"],
            "{:.0f}–{:.0f}".format(*each["weeks"]),
            f"{each['cost']:.2f}",
            "{:.2g}–{:.2g}".format(*each["bite"]),
        ]
        for each in measures
        if not each["why_not"]
    ]
    heads = ["measure", "kind", "decided by", "weeks", "cost", "bite"]
    if rows:
        caption = (
            "A case has one measure of each kind at a time. weeks: until it is decided. cost: to the EU. bite: on the "
            "perpetrator, from the mildest to the strongest form."
        )
        yield listed("May be prepared now", heads, rows, caption)
    else:
        yield Text("No measure may be prepared now.")
    reasons: dict[str, list[str]] = {}
    for each in measures:
        if each["why_not"]:
            reasons.setdefault(each["why_not"], []).append(each["measure"])
    for reason, names in reasons.items():
        yield Text(f"Not now, for {reason}: {', '.join(names)}.")


def votes_table(found: Mapping[str, Any]) -> Iterator[Any]:
    """How the 27 would vote today, position by position."""
    head = f"{found['measure']} on case {found['case']}: {found['said']}"
    if not found["positions"]:
        yield Text(head, "bold")
        return
    by_position: dict[str, list[str]] = {}
    for member, position in found["positions"].items():
        by_position.setdefault(position, []).append(member)
    rows = [[position, str(len(members)), ", ".join(members)] for position, members in by_position.items()]
    caption = (
        f"Decided by: {found['decided_by']}. By the day of the vote the evidence may be other. Who "
        "is unconvinced abstains, which stops nothing; a declared abstention does if a third of the 27 declare one."
    )
    if found["why_not"]:
        yield Text(f"It may not be prepared now: {found['why_not']}.")
    yield listed(head, ["position", "votes", "Member States"], rows, caption)
