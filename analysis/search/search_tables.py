"""Tables of a search for doctrines, for readers."""

from analysis.results.folder import Results
from analysis.results.tables import Table
from analysis.search.answer import Found, candidates, judged, leanings, sentences, shares, winners


def search_tables(found: Found, results: Results) -> dict[str, Table]:
    """The doctrines on fresh worlds, what winners are and lean on, and the trials."""
    note = f"{' '.join(sentence.strip() for sentence in sentences(found))} {results.manifest.stamp}."
    return {
        "search_winners": Table("What winners are: the numbers that were searched", winners(found), note),
        "search_front": Table("Doctrines on fresh worlds, with differences to the reference", judged(found), note),
        "search_leaning": Table("What the advantage of winners leans on", leanings(found), note),
        "search_parameters": Table("What each parameter of a winner adds, and at which cost", shares(found), note),
        "search_trials": Table("Candidates of the search", candidates(found), note),
    }
