"""Words for the story of one run: numbers, things counted, days, and sentences."""

from datetime import date

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


def sentence(text: str) -> str:
    """A text as a sentence: its first letter large, a full stop at its end."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", ":")) else f"{text}."
