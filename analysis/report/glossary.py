"""The words of a brief in plain English: what each means, where a text uses it, and links from the text to it."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup, escape


class Term(NamedTuple):
    """A word of the field: what it means in plain English, and the forms in which texts have it (a pattern)."""

    name: str
    meaning: str
    forms: str

    @property
    def anchor(self) -> str:
        """Where a page has it: `term-harm-averted`."""
        return f"term-{re.sub(r'[^a-z0-9]+', '-', self.name.lower()).strip('-')}"


GLOSSARY = (
    Term(
        "Averted",
        "What the toolbox prevents: the share by which the world has less of it than its twin. Below zero the world "
        "has more.",
        r"averts?|averted",
    ),
    Term(
        "Deterred",
        "Acts that a perpetrator refrains from because it expects an answer, as a share of the acts in the twin. Acts "
        "that are merely milder, or prevented by pressure on those who harbour a group, are not counted.",
        r"deters?|deterred|deterrence(?: rate)?",
    ),
    Term(
        "Harm",
        "The severity of acts added up. Severity puts seven dimensions of the Council's text, such as scale and "
        "duration, into one number between 0 and 1; their weights are assumed.",
        r"harm",
    ),
    Term(
        "Severe acts",
        "Acts in the highest of three classes of severity, from 0.6 on a scale from 0 to 1.",
        r"severe acts?|severe",
    ),
    Term(
        "Escalation",
        "How much likelier the toolbox makes worse acts, as a share of all opportunities to act. A response that "
        "causes resentment can do this. Armed conflict is not in the model.",
        r"escalat(?:es?|ed|ion)(?: rate)?|worse acts likelier",
    ),
    Term(
        "EU cost",
        "The political cost to the EU of the measures taken, a year, in units of the model's catalogue of "
        "measures. No document states such costs, so they are assumed.",
        r"EU costs?|political cost|costs the EU",
    ),
    Term(
        "Wrongful responses",
        "Responses that hit somebody who did not do it.",
        r"wrongful responses?|wrong "
        "attributions?",
    ),
    Term(
        "Twin",
        "The same world, with the same perpetrators, victims and course of chance, but without the toolbox (or under "
        "another doctrine, where one is given). The toolbox accounts for every difference between a world and its "
        "twin.",
        r"twin",
    ),
    Term(
        "Doctrine",
        "A rule that the EU follows for years: on what evidence it attributes an act, how it answers, how it votes "
        "and what it announces.",
        r"doctrines?",
    ),
    Term(
        "Toolbox",
        "The EU's Cyber Diplomacy Toolbox: statements, joint attributions, restrictive measures and other measures "
        "with which the EU answers malicious cyber activities.",
        r"toolbox",
    ),
    Term(
        "Points",
        "Percentage points: a rise from 10 % to 13 % is 3 points.",
        r"points(?= \[| more| less| of)|percentage points",
    ),
    Term(
        "95 % interval",
        "The range, in square brackets or after ±, that contains the true figure of the model in 95 of 100 such "
        "studies. It covers chance and, where worlds are drawn, the differences between them. It does not cover what "
        "the model leaves out.",
        r"95 % intervals?|intervals?",
    ),
    Term(
        "Unclear",
        "The 95 % interval includes zero, alone or once all statements are to hold jointly. This is not the same as "
        "no effect.",
        r"unclear",
    ),
    Term(
        "Replicate",
        "One course of chance. Everything compared meets the same one, so differences are not due to luck.",
        r"replicates?",
    ),
    Term(
        "Worlds",
        "Sets of circumstances in which the model is run, such as how skilled investigators are. Worlds that agree"
        " with the record are those in which the model shows about as many incidents and answers as are on public "
        "record.",
        r"worlds that agree with the record|worlds",
    ),
    Term(
        "What no data inform",
        "Numbers about which the public record says nothing, such as how much a restrictive measure hurts whom. They "
        "are assumed, over a wide range where worlds differ in them.",
        r"no data inform|thirds?",
    ),
    Term("Bite", "How much a response hurts whoever it hits, in units of severity.", r"bite"),
    Term("Clarity", "How plainly the EU announces beforehand which response will follow which act.", r"clarity"),
    Term(
        "Proportionality",
        "How closely the size of a response follows the severity of the act, rather than being the same for all.",
        r"proportionality|disproportion",
    ),
    Term("Firmness", "How large a response is intended for an act of a given severity.", r"firmness"),
    Term(
        "Attribution confidence",
        "How sure investigators must be of the perpetrator before the EU attributes and answers.",
        r"attribution confidence(?: required)?",
    ),
    Term(
        "Qualified majority",
        "A vote in the Council that passes with 55 % of the members and 65 % of the people (72 % of the members where "
        "the High Representative does not propose).",
        r"qualified majority|majority voting|qmv",
    ),
    Term("Unanimity", "A vote in the Council that a single objection blocks.", r"unanimity"),
    Term(
        "Restrictive measures",
        "Sanctions: persons and entities are listed, their assets are frozen and their travel is banned.",
        r"restrictive measures?|listings?|sanctions?",
    ),
    Term(
        "Sensitivity",
        "How much a perpetrator minds a unit of bite. (A sensitivity analysis asks which numbers move the results.)",
        r"sensitivity",
    ),
    Term(
        "Shapley value",
        "A fair division of an effect among its parts: what each adds, averaged over all orders in which they could "
        "be added.",
        r"shapley values?|contributes?",
    ),
    Term(
        "Sobol' index",
        "The share of the variation in a result that a number explains, alone or including its interactions.",
        r"sobol' indices|sobol' index",
    ),
    Term(
        "Placebo",
        "What a rate reaches by chance alone, because two worlds that both answer drift apart. Believe a rate only "
        "where it clearly exceeds its placebo.",
        r"placebos?",
    ),
    Term("Regret", "How far a choice falls short of the best choice, had the world been known.", r"regret"),
    Term(
        "Grievance",
        "Resentment of responses that go beyond what is seen as justified. It makes a perpetrator act more.",
        r"grievance",
    ),
)
"""Words of briefs, those first without which none is understood."""


def _pattern(term: Term) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{term.forms})(?![\w-])", re.IGNORECASE)


PATTERNS = {term: _pattern(term) for term in GLOSSARY}


def terms_in(texts: Iterable[str]) -> list[Term]:
    """The words of the glossary that some text uses, in its order."""
    whole = "\n".join(texts)
    return [term for term, pattern in PATTERNS.items() if pattern.search(whole)]


class Linker:
    """Links the first use of each word to its meaning, over all texts of a page that pass through it in turn."""

    def __init__(self, terms: Iterable[Term] = GLOSSARY) -> None:
        self.waiting = list(terms)

    def __call__(self, text: str) -> Markup:
        """The text as markup, the first use of each word that was not linked before as a link to it."""
        found: list[tuple[int, int, Term]] = []
        for term in list(self.waiting):
            for match in PATTERNS[term].finditer(text):
                start, end = match.span()
                if all(end <= first or last <= start for first, last, _ in found):
                    found.append((start, end, term))
                    self.waiting.remove(term)
                    break
        parts, at = [], 0
        for start, end, term in sorted(found):
            parts += [
                escape(text[at:start]),
                Markup('<a class="term" href="#{}">{}</a>').format(term.anchor, text[start:end]),
            ]
            at = end
        return Markup("").join([*parts, escape(text[at:])])
