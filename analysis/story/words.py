"""Words for the story of one run: numbers, weeks and dates, parties, activities and measures by their titles."""

from datetime import date

from analysis.story.ledger import Case, RunRecord, is_false_alarm

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def in_words(number: int, none: str = "none") -> str:
    """A number as it is written in a text: none, one, 27."""
    return none if number == 0 else NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number of things: no cases, one case, 27 cases."""
    return f"{in_words(number, 'no')} {noun if number == 1 else plural or f'{noun}s'}"


def weeks(number: int) -> str:
    """A span of weeks in words: one week, 27 weeks."""
    return counted(number, "week")


def was(number: int) -> str:
    """The verb of so many things."""
    return "was" if number == 1 else "were"


def out_of(part: int, whole: int, noun: str) -> str:
    """Some of so many things: the only vote, all three votes, 27 of 124 attributions."""
    if part == whole:
        return f"the only {noun}" if whole == 1 else f"all {counted(whole, noun)}"
    return f"{in_words(part)} of {counted(whole, noun)}"


def date_text(day: date) -> str:
    """A day: 7 March 2027."""
    return f"{day.day} {day:%B %Y}"


def dated(run: RunRecord, week: int) -> str:
    """The first day of a week: 7 March 2027."""
    return date_text(run.day(week))


def week_text(run: RunRecord, week: int) -> str:
    """A week with its first day: week 412 (7 March 2027)."""
    return f"week {week} ({dated(run, week)})"


def party(run: RunRecord, name: str | None) -> str:
    """A party by its title."""
    return "nobody" if name is None else run.configuration.perpetrators[name].title


def activity(run: RunRecord, name: str) -> str:
    """An activity within a sentence: its title without what stands in brackets."""
    title = run.configuration.activities[name].title.partition(" (")[0]
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def measure(run: RunRecord, name: str) -> str:
    """A measure by its title, in quotes."""
    return f"“{run.configuration.measures[name].title}”"


def sentence(text: str) -> str:
    """A text as a sentence: its first letter large, a full stop at its end."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", ":")) else f"{text}."


def act_text(run: RunRecord, case: Case) -> str:
    """The act that a case is about: espionage by Major power A against Estonia (7 March 2027)."""
    act = activity(run, case["activity"])
    if is_false_alarm(case):
        return f"what looked like {act} against {case['victim']} ({dated(run, case['opened_week'])})"
    return f"{act} by {party(run, case['culprit'])} against {case['victim']} ({dated(run, case['act_week'])})"
