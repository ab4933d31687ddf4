"""Cases as Mesa agents."""

from agents.cases.docket import CASE, STATUS
from agents.cases.investigation import investigate
from agents.cases.response import decide
from agents.foundation.columns import Face


class Case(Face, table="cases", columns=CASE):
    """One detected activity, or one false alarm: it yields clues until somebody is named, and then an answer.

    Attributes are the columns of `CASE`.
    """

    @property
    def status_name(self) -> str:
        """Stage that the case has reached, such as "open" or "answered"."""
        return STATUS[self.status]

    def investigate(self) -> None:
        """Follow this week's clue, if one has come."""
        self.apply(investigate)

    def decide(self) -> None:
        """React, prepare a measure, put it to the vote, step down or give up."""
        self.apply(decide)
