"""Doctrines, scenarios and experiments: those that are shipped in a table, and any of them whole."""

from experiments.design.experiment import design_text, factor_text, load_experiment, replicates_text, uncertainty_text
from experiments.listing import tables
from experiments.listing.tables import Listing, first_sentence, paragraph, text_of
from model.loading import load_doctrine, load_scenario, shipped


def doctrines() -> Listing:
    """The shipped doctrines."""
    rows = []
    for name in shipped("doctrines"):
        doctrine = load_doctrine(name).value
        dials = (doctrine.clarity, doctrine.attribution_confidence, doctrine.proportionality)
        rows.append((name, *map(text_of, dials), doctrine.voting_rule, first_sentence(doctrine.idea)))
    columns = ("doctrine", "clarity", "confidence", "proportionality", "voting", "the idea")
    return Listing("Doctrines", "How the EU signals, attributes, decides and responds.", columns, rows)


def doctrine(name: str) -> list[Listing]:
    """One doctrine whole, with what it changes against the status quo."""
    value = load_doctrine(name).value
    beside = tables.beside_the_base(doctrine=name)
    rows = [(row[0].removeprefix("doctrine."), *row[1:]) for row, _ in beside if row[0].startswith("doctrine.")]
    columns = ("setting", "value", f"{tables.BASE_DOCTRINE} has", "unit", "source of the value")
    text = f"{paragraph(value.idea)}\n\nSource: {paragraph(value.source)}"
    return [Listing(value.title, text, columns, rows)]


def scenarios() -> Listing:
    """The shipped scenarios."""
    rows = []
    for name in shipped("scenarios"):
        scenario = load_scenario(name).value
        years = f"{scenario.time.burn_in / 52:g} + {scenario.time.weeks / 52:g}"
        rows.append((name, str(scenario.time.start), years, first_sentence(scenario.idea)))
    text = "Circumstances that no doctrine chooses. Years: burn-in (not counted) + years counted."
    return Listing("Scenarios", text, ("scenario", "start", "years", "what it stands for"), rows)


def scenario(name: str) -> list[Listing]:
    """One scenario whole, with what it changes against the baseline, its catalogues included."""
    value = load_scenario(name).value
    beside = list(tables.beside_the_base(scenario=name))
    own = [row for row, _ in beside if row[0].startswith("scenario.")]
    elsewhere = ("scenario.", "doctrine.", "reference.", "switches.")
    others = [row for row, differs in beside if differs and not row[0].startswith(elsewhere)]
    columns = ("path", "value", f"{tables.BASE_SCENARIO} has", "unit", "source of the value")
    catalogues = [Listing("Catalogues, where they differ", "", columns, others)] if others else []
    return [Listing(value.title, paragraph(value.idea), columns, own), *catalogues]


def experiments() -> Listing:
    """The shipped experiments."""
    rows = []
    for name in shipped("experiments"):
        stated = load_experiment(name).experiment
        size = f"{stated.size:,} × {replicates_text(stated)}"
        rows.append((name, stated.scenario, stated.doctrine, size, paragraph(stated.question)))
    columns = ("experiment", "scenario", "doctrine", "points × runs", "question")
    return Listing("Experiments", "What `deter sweep` can run.", columns, rows)


def experiment(name: str) -> list[Listing]:
    """One experiment whole."""
    stated = load_experiment(name).experiment
    constraints, points = stated.design.constraints, stated.size
    rows = [
        ("scenario", stated.scenario),
        ("doctrine", stated.doctrine),
        *([("uncertainty", uncertainty_text(stated.uncertainty))] if stated.uncertainty else []),
        ("design", design_text(stated)),
        *((path, factor_text(factor)) for path, factor in stated.stated.items()),
        *(("where", condition) for condition in constraints),
        ("points", f"{'at most ' if constraints else ''}{points:,}"),
        ("replicates", replicates_text(stated)),
        ("runs", " to ".join(f"{runs:,}" for runs in sorted({points * stated.floor, points * stated.ceiling}))),
        ("seed", str(stated.seed)),
    ]
    return [Listing(stated.title, paragraph(stated.question), ("", ""), rows)]
