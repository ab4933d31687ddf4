"""Cases as Mesa agents."""

from agents.foundation.columns import Face
from agents.union.docket import CASE, STATUS
from agents.union.investigation import investigate
from agents.union.response import decide


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
        """React, open tracks, put to the vote what is prepared, and settle the case when nothing is pending."""
        self.apply(decide)
