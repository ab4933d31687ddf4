"""Who acts against whom in one run, and whom the EU answers: the edges of a network, as a table and as GraphML."""

from typing import Any

import polars as pl

from analysis.results.single_run import ANSWERS, TWIN, WORLD
from analysis.results.tables import Table
from analysis.story.ledger import RunRecord

EU = "EU"
"""Node of the EU and its Member States, from which responses come."""
REACTION = "reaction"
EDGES: dict[str, Any] = {
    "source": pl.String(),
    "target": pl.String(),
    "weight": pl.Int64(),  # acts, or measures
    "relation": pl.String(),  # acts | responses
    "twin_weight": pl.Int64(),  # acts in the twin
    "severe": pl.Int64(),
    "succeeded": pl.Int64(),
    "detected": pl.Int64(),
    "harm": pl.Float64(),  # of the acts that succeeded
    "track": pl.String(),  # of a response: a track of the answer, or the reaction without attribution
    "category": pl.String(),  # of the measures
    "rightly": pl.Boolean(),  # whether they met the culprit; null: they name nobody
    "bite": pl.Float64(),  # in units of severity
}
"""Columns of the edges, in the words of Gephi and networkx: null where they do not apply."""


def edges(run: RunRecord) -> pl.DataFrame:
    """Edges from perpetrators to victims, and from the EU to the parties that it answered.

    Acts are those of the weeks counted. Responses are the measures adopted in these weeks, against whoever was held
    responsible; reactions, which name nobody, go to the victim of the case.
    """
    return pl.concat([act_edges(run), response_edges(run)])


def act_edges(run: RunRecord) -> pl.DataFrame:
    """One edge for each perpetrator and victim between which there was an act, in the world or in the twin."""
    ours, theirs = (pl.col("world") == name for name in (WORLD, TWIN))
    pairs = run.acts.group_by(source="perpetrator", target="victim").agg(
        weight=ours.sum(),
        twin_weight=theirs.sum(),
        **{name: (ours & pl.col(name)).sum() for name in ("severe", "succeeded", "detected")},
        harm=pl.col("harm").filter(ours).sum(),
    )
    has_twin = "twin_acts" in run.figures and run.figures["twin_acts"] is not None
    found = pairs.with_columns(
        relation=pl.lit("acts"), twin_weight=pl.when(pl.lit(has_twin)).then(pl.col("twin_weight"))
    )
    return _shaped(found).sort("weight", "source", "target", descending=[True, False, False])


def responses(run: RunRecord) -> pl.DataFrame:
    """Measures adopted in the weeks counted, one a row: `week`, `track`, `target`, `measure`, and its case.

    A reaction, which names nobody, has the victim of the case as its target, and neither `rightly` nor `bite`.
    """
    categories = {name: measure.category for name, measure in run.configuration.measures.items()}
    parts = []
    for track in ANSWERS:
        taken = run.ledger.filter(pl.col(f"{track}_stage") == "adopted", pl.col(f"{track}_settled_week") >= run.burn_in)
        week, measure, bite = (pl.col(f"{track}_{name}") for name in ("settled_week", "measure", "bite"))
        parts.append(
            taken.select(week.alias("week"), *_whose(track), measure.alias("measure"), _right(), bite.alias("bite"))
        )
    reacted = run.ledger.filter(pl.col("reaction_week") >= run.burn_in)
    nobody = pl.lit(None, pl.Boolean).alias("rightly"), pl.lit(None, pl.Float64).alias("bite")
    parts.append(
        reacted.select(
            pl.col("reaction_week").alias("week"), *_whose(REACTION), pl.col("reaction").alias("measure"), *nobody
        )
    )
    category = pl.col("measure").replace_strict(categories, return_dtype=pl.String)
    return pl.concat(parts).with_columns(category=category)


def response_edges(run: RunRecord) -> pl.DataFrame:
    """One edge for each party, track, category of measures, and whether it was rightly held responsible."""
    by = responses(run).group_by("target", "track", "category", "rightly")
    found = by.agg(weight=pl.len(), bite=pl.col("bite").sum())
    found = found.with_columns(source=pl.lit(EU), relation=pl.lit("responses"))
    order = ["weight", "target", "track", "category", "rightly"]
    return _shaped(found).sort(order, descending=[True, *[False] * 4])


def differences(run: RunRecord) -> pl.DataFrame:
    """Opportunities that the draws of the two worlds used differently, a row each, by week and perpetrator.

    `activity` and `victim` are the act of this world, and `twin_activity` and `twin_victim` that of the twin: null
    where there was none. A perpetrator acts at most once a week, so that a row is one perpetrator's week.
    """
    key, what = ("week", "perpetrator"), ("activity", "victim")
    ours, theirs = (run.acts.filter(pl.col("world") == name).select(*key, *what) for name in (WORLD, TWIN))
    both = ours.join(theirs.rename({name: f"twin_{name}" for name in what}), on=key, how="full", coalesce=True)
    return both.filter(pl.col("activity").ne_missing(pl.col("twin_activity"))).sort(key)


def _whose(track: str) -> tuple[pl.Expr, ...]:
    return pl.lit(track).alias("track"), _target(track), pl.col("victim"), pl.col("act_week")


def _target(track: str) -> pl.Expr:
    return pl.col("victim" if track == REACTION else "suspect").alias("target")


def _right() -> pl.Expr:
    return pl.col("attributed_rightly").alias("rightly")


def _shaped(found: pl.DataFrame) -> pl.DataFrame:
    """The columns of edges in their order and types; null where `found` lacks one."""
    return found.select(
        (pl.col(name) if name in found.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in EDGES.items()
    )


def network_table(run: RunRecord) -> Table:
    """The edges as a table for readers and for programs that read networks."""
    acts = run.acts.group_by("world").len()
    ours = acts.filter(pl.col("world") == WORLD)["len"].sum()
    note = (
        f"{run.setting}. n = 1 run with {ours:,} acts: counts of one run, not estimates, so they have no interval. "
        f"weight: acts, or measures adopted. twin_weight: acts in the twin, the same world on the same random numbers "
        f"under “{run.configuration.reference.doctrine.title}”. {run.stamp}."
    )
    return Table("Who acts against whom in one run, and whom the EU answers", edges(run), note)


def graphml(run: RunRecord) -> bytes:
    """The network as GraphML, which networkx and Gephi read: nodes with title and kind, one edge for each of `edges`.

    Edges that only the twin has are left out.
    """
    import networkx  # type: ignore[import-untyped]

    graph = networkx.MultiDiGraph(title="Who acts against whom, and whom the EU answers", note=f"{run.setting}.")
    found = edges(run).filter(pl.col("weight") > 0)
    present = {*found["source"], *found["target"]}
    for name, (title, kind) in nodes(run).items():
        if name in present:
            graph.add_node(name, label=title, kind=kind)
    for edge in found.to_dicts():
        source, target = edge.pop("source"), edge.pop("target")
        graph.add_edge(source, target, **{name: value for name, value in edge.items() if value is not None})
    return ("\n".join(networkx.generate_graphml(graph)) + "\n").encode()


def nodes(run: RunRecord) -> dict[str, tuple[str, str]]:
    """Title and kind of each node: the EU, perpetrators by their kinds, Member States and partners."""
    base = run.configuration
    return {
        EU: ("The EU and its Member States", "union"),
        **{name: (party.title, base.kind(name)) for name, party in base.perpetrators.items()},
        **{name: (name, "member_state") for name in base.member_states.members},
        **{name: (name, "partner") for name in base.partners.members},
    }
