"""What the EU did, dated: a file of events, how they are counted, and which of them the fit knew."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, model_validator

from model.errors import ConfigurationError
from model.loading import CONFIGS, read_sources, read_toml
from model.parameters import Day, Settings, Whole, parameter
from model.paths import validated
from model.record import rounds

FOLDER = CONFIGS / "record"
"""Folder of the record, and of the forecasts made so far."""
EVENTS = FOLDER / "events.toml"
MOST_LISTED = 10_000
YEAR = 365.25
"""Days of a year, where rates are a year."""


class Span(NamedTuple):
    """Days from the first to the last, both included."""

    begin: date
    end: date

    @classmethod
    def until(cls, begin: date, after: date) -> "Span":
        """The days from one until the day before another."""
        return cls(begin, after - timedelta(1))

    @property
    def years(self) -> float:
        """Length in years."""
        return ((self.end - self.begin).days + 1) / YEAR

    @property
    def text(self) -> str:
        """Both days, or the year that they are: 2024-01-01 to 2026-10-31."""
        whole = self == year(self.begin.year)
        return f"{self.begin.year}" if whole else f"{self.begin} to {self.end}"


def year(number: int) -> Span:
    """A calendar year."""
    return Span(date(number, 1, 1), date(number, 12, 31))


class Event(Settings):
    """A listing or an attribution: its day, what was listed, and the days since each act that it answers."""

    date: Day
    kind: Literal["attribution", "listing"]
    title: str = Field(min_length=1)
    persons: Whole = parameter("persons", 0, MOST_LISTED, default=0)
    entities: Whole = parameter("entities", 0, MOST_LISTED, default=0)
    lags: Annotated[list[Annotated[int, Field(ge=0)]], Field(default_factory=list)]
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _lists_somebody(self) -> "Event":
        listed = self.persons + self.entities
        if self.kind == "listing" and not listed:
            raise ConfigurationError("lists nobody", key="persons", allowed="persons or entities above 0")
        if self.kind == "attribution" and listed:
            key = "persons" if self.persons else "entities"
            raise ConfigurationError("are listed by listings", key=key, value=listed, allowed="an event of its own")
        return self


class Record(Settings):
    """All events until `known_until`, of which those until `fitted_until` were known to the fit of the model."""

    title: str = Field(min_length=1)
    idea: str = Field(min_length=1)
    regime: Day
    fitted_until: Day
    known_until: Day
    events: Annotated[list[Event], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> "Record":
        for key, before in (("fitted_until", "regime"), ("known_until", "fitted_until")):
            value, earlier = getattr(self, key), getattr(self, before)
            if value <= earlier:
                raise ConfigurationError(f"is not after {before}", key=key, value=value, allowed=f"after {earlier}")
        for place, event in enumerate(self.events):
            if event.date > self.known_until:
                allowed = f"until {self.known_until}, or a later known_until"
                raise ConfigurationError(
                    "is after known_until", key=f"events.{place}.date", value=event.date, allowed=allowed
                )
        return self

    @property
    def scored(self) -> Span:
        """The days on which the model is scored: those after the fit."""
        return Span(self.fitted_until + timedelta(1), self.known_until)

    @property
    def fitted(self) -> Span:
        """The days of the sanctions regime that the fit knew."""
        return Span(self.regime, self.fitted_until)

    def happened(self, what: str, span: Span) -> int:
        """How many attributions, rounds of listings, persons or entities there were within some days."""
        if what == "rounds":
            listings = [event.date.toordinal() for event in self.events if event.kind == "listing"]
            return sum(span.begin.toordinal() <= day <= span.end.toordinal() for day in rounds(listings))
        some = [event for event in self.events if span.begin <= event.date <= span.end]
        if what == "attributions":
            return sum(event.kind == "attribution" for event in some)
        return sum(event.persons if what == "persons" else event.entities for event in some)

    def lags(self, kind: str, span: Span) -> list[float]:
        """Weeks from act to listing, or to attribution, where they are known, of events within some days."""
        some = (event for event in self.events if event.kind == kind and span.begin <= event.date <= span.end)
        return [lag / 7.0 for event in some for lag in event.lags]


def read_record(path: Path = EVENTS) -> Record:
    """Read a file of events; raises `ConfigurationError` with file, place and remedy where it is none."""
    tree, file = read_toml(path), str(path)
    if not tree:
        raise ConfigurationError("is empty; a record of events is needed here", file=file)
    read_sources(tree.pop("sources", {}), tree, file)
    return validated(Record, tree, file=file)
