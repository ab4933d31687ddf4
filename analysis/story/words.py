"""Words for the story of one run: numbers, weeks and dates, parties, activities and measures by their titles."""

from datetime import timedelta

from analysis.story.ledger import Case, Tale, is_false_alarm

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number of things: no cases, one case, 27 cases."""
    word = noun if number == 1 else plural or f"{noun}s"
    return f"{NUMBERS[number] if number < len(NUMBERS) else f'{number:,}'} {word}"


def when(tale: Tale, week: int) -> str:
    """A week with its first day: week 412 (7 March 2027)."""
    return f"week {week} ({dated(tale, week)})"


def dated(tale: Tale, week: int) -> str:
    """The first day of a week: 7 March 2027."""
    day = tale.day(week)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def last_day(tale: Tale) -> str:
    """The last day that is counted."""
    day = tale.day(tale.end) - timedelta(days=1)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def weeks(number: int) -> str:
    """A span of weeks in words."""
    return counted(number, "week")


def who(tale: Tale, name: str | None) -> str:
    """A party by its title."""
    return "nobody" if name is None else tale.configuration.perpetrators[name].title


def what(tale: Tale, name: str) -> str:
    """An activity within a sentence: its title without what stands in brackets."""
    title = tale.configuration.activities[name].title.partition(" (")[0]
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def measure(tale: Tale, name: str) -> str:
    """A measure by its title, in quotes."""
    return f"“{tale.configuration.measures[name].title}”"


def sentence(text: str) -> str:
    """A text as a sentence: its first letter large, a full stop at its end."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", ":")) else f"{text}."


def some(number: int) -> str:
    """How many of them: none, one, 27."""
    return "none" if number == 0 else NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def was(number: int) -> str:
    """The verb of so many things."""
    return "was" if number == 1 else "were"


def out_of(part: int, whole: int, noun: str) -> str:
    """Some of so many things: the only vote, all three votes, 27 of 124 attributions."""
    if part == whole:
        return f"the only {noun}" if whole == 1 else f"all {counted(whole, noun)}"
    return f"{some(part)} of {counted(whole, noun)}"


def deed(tale: Tale, case: Case) -> str:
    """What a case is about: espionage by Major power A against Estonia (7 March 2027)."""
    act = what(tale, case["activity"])
    if is_false_alarm(case):
        return f"what looked like {act} against {case['victim']} ({dated(tale, case['opened_week'])})"
    return f"{act} by {who(tale, case['culprit'])} against {case['victim']} ({dated(tale, case['act_week'])})"
