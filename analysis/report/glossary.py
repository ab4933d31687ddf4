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
        "What does not come about because of the toolbox: the share by which the world has less of it than its twin. "
        "Below zero it has more.",
        r"averts?|averted",
    ),
    Term(
        "Deterred",
        "Acts that a perpetrator refrains from because it expects an answer, as a share of the acts in the twin. Acts "
        "that are merely milder, or prevented by pressure on those who harbour a group, are not in it.",
        r"deters|deterred|deterrence(?: rate)?",
    ),
    Term(
        "Harm",
        "The severity of acts added up. Severity puts seven dimensions of the Council's text, such as scale and "
        "duration, into one number between 0 and 1; how they are weighed is assumed.",
        r"harm",
    ),
    Term(
        "Severe acts",
        "Acts in the highest of three classes of severity, from 0.6 on a scale from 0 to 1.",
        r"severe acts?|severe",
    ),
    Term(
        "Escalation",
        "How much likelier the toolbox makes worse acts, as a share of all opportunities to act. An answer that "
        "embitters can do that. Armed conflict is not in the model.",
        r"escalat(?:es?|ed|ion)(?: rate)?|worse acts likelier",
    ),
    Term(
        "EU cost",
        "The political cost to the Union of the measures taken, a year, in units of the model's catalogue of "
        "measures. No document states such costs: they are assumed.",
        r"EU costs?|political cost|costs the EU",
    ),
    Term(
        "Wrongful responses",
        "Answers that hit somebody who did not do it.",
        r"wrongful responses?|wrong "
        "attributions?",
    ),
    Term(
        "Twin",
        "The same world, with the same perpetrators, victims and course of chance, but without the toolbox (or under "
        "the doctrine named). What differs between a world and its twin is the work of the toolbox.",
        r"twin",
    ),
    Term(
        "Doctrine",
        "A rule that the Union follows for years: on what evidence it names a culprit, how it answers, how it votes, "
        "what it announces.",
        r"doctrines?",
    ),
    Term(
        "Toolbox",
        "The EU's Cyber Diplomacy Toolbox: statements, joint attributions, sanctions and other measures with which"
        " the Union answers malicious cyber activities.",
        r"toolbox",
    ),
    Term(
        "Points",
        "Percentage points: from 10 % to 13 % are 3 points.",
        r"points(?= \[| more| less| of)|percentage points",
    ),
    Term(
        "95 % interval",
        "The range, in square brackets or after ±, that holds the true figure of the model in 95 of 100 such studies. "
        "It covers chance, and the worlds where these are drawn; it does not cover what the model leaves out.",
        r"95 % intervals?|intervals?",
    ),
    Term(
        "Cannot be told",
        "The interval holds zero, or would if all that is said at once is to hold. That is not the same as no effect.",
        r"cannot be told(?: from zero)?|be told from zero",
    ),
    Term(
        "Replicate",
        "One course of chance. All that is compared meets the same one, so that differences are not those of luck.",
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
        "Numbers of which the public record says nothing, such as how much a sanction hurts whom. They are "
        "assumed, as a wide range where the worlds differ in them.",
        r"no data inform|thirds?",
    ),
    Term("Bite", "How much an answer hurts the one whom it hits, in units of severity.", r"bite"),
    Term("Clarity", "How plainly the Union announces beforehand what answer is to follow what act.", r"clarity"),
    Term(
        "Proportionality",
        "How closely the size of an answer follows the severity of the act, rather than being the same for all.",
        r"proportionality|disproportion",
    ),
    Term("Firmness", "How large an answer is intended for an act of given severity.", r"firmness"),
    Term(
        "Attribution confidence",
        "How sure investigators must be of who did it before the Union names and answers.",
        r"attribution confidence(?: required)?",
    ),
    Term(
        "Qualified majority",
        "A vote in the Council that passes with 55 % of the members and 65 % of the people (72 % of the members where "
        "the High Representative does not propose).",
        r"qualified majority|majority voting|qmv",
    ),
    Term("Unanimity", "A vote in the Council that one objection ends.", r"unanimity"),
    Term(
        "Restrictive measures",
        "Sanctions: persons and bodies are listed, their assets frozen, their travel banned.",
        r"restrictive measures?|listings?|sanctions?",
    ),
    Term(
        "Sensitivity",
        "How much a perpetrator minds a unit of bite. (A sensitivity analysis asks which numbers move the results.)",
        r"sensitivity",
    ),
    Term(
        "Shapley value",
        "A fair division of an effect among its parts: what each adds, averaged over all orders in which they "
        "could be put in.",
        r"shapley values?|contributes?",
    ),
    Term(
        "Sobol' index",
        "The share of the variation of a result that a number explains, by itself or with all that it interacts with.",
        r"sobol' indices|sobol' index",
    ),
    Term(
        "Placebo",
        "What a rate comes to by chance alone, for two worlds that both answer drift apart. Believe a rate where it "
        "clearly exceeds that.",
        r"placebos?",
    ),
    Term("Regret", "What a choice falls short of the best choice, had one known the world.", r"regret"),
    Term(
        "Grievance",
        "Resentment of answers beyond what is held justified; it makes a perpetrator act more.",
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
