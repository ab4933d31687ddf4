"""The finding on a sample: which drawn parameters matter beyond chance, and for which that is unclear."""

from collections.abc import Iterator

from analysis.labels import factor_titles, listed, number_of, title
from analysis.results.folder import Results
from analysis.sampled.points import sample_of
from analysis.sampled.scores import Score, highest_floor
from analysis.sampled.tables import is_drawn, lead, ranked, scored
from analysis.sentences import Finding, fixed

HEADING = "Which drawn parameters matter (Borgonovo’s δ)"
MOST = 5
"""Parameters that the sentence names with their scores."""


def score_findings(results: Results) -> Iterator[Finding]:
    """One sentence on the metric that leads; nothing where there are no scores."""
    if not is_drawn(results) or not (found := scored(results)):
        return
    metric = lead(results)
    rows = {name: found[metric][name] for name in ranked(results, metric)}
    n = max(row.n for row in rows.values())
    yield Finding(HEADING, _sentence(title(metric) + _averaged(results), rows), n, "drawn points")


def _sentence(metric: str, rows: dict[str, Score]) -> str:
    """The sentence, from scores by parameter, the highest first."""
    called = {path: name[0].lower() + name[1:] for path, name in factor_titles(rows).items()}
    clear = [path for path, row in rows.items() if row.beyond_chance]
    chance = f"chance alone takes one of {len(rows)} above {fixed(highest_floor(rows.values()), 2)} in 5 of 100 samples"
    if not clear:
        return (
            f"No drawn parameter clearly matters to {metric}: none of the scores exceeds what chance gives ({chance})."
        )
    parts = [f"{called[path]} {score_text(rows[path])}" for path in clear[:MOST]]
    parts += [number_of("other", len(clear) - MOST)] if len(clear) > MOST else []
    verb = "matters" if len(clear) == 1 else "matter"
    text = f"{len(clear)} of {number_of('drawn parameter', len(rows))} clearly {verb} to {metric}: {listed(parts)}"
    unclear = [called[path] for path in rows if path not in clear]
    rest = listed(unclear) if len(unclear) <= MOST else f"the other {len(unclear)}"
    others = f" It is unclear whether {rest} {'matters' if len(unclear) == 1 else 'matter'} at all." if unclear else ""
    return f"{text} (δ, of 1; {chance}).{others}"


def score_text(row: Score) -> str:
    """A score with its interval: 0.31 [0.27, 0.35]."""
    return f"{fixed(row.mean, 2)} [{fixed(row.low, 2)}, {fixed(row.high, 2)}]"


def _averaged(results: Results) -> str:
    levels = sample_of(results).levels
    return f", averaged over {listed([name.rpartition('.')[2] for name in levels.columns])}" if levels.width else ""
