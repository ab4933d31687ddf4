"""Which parameters of a folder's worlds the public record informs, and which it does not."""

from analysis.calibration.answer import FOUND, read_calibration
from analysis.results.folder import POSTERIOR, Results


def uninformed(results: Results) -> list[str]:
    """Parameters of the worlds of a folder's replicates that the record does not inform, by the shipped calibration.

    None where replicates do not live in worlds of the posterior, or nothing is known of how that was found.
    """
    if results.worlds is None or results.manifest.uncertainty != POSTERIOR or not FOUND.is_file():
        return []
    free = [one.path for one in read_calibration(FOUND).parameters if not one.calibrated]
    return [path for path in free if path in results.worlds.columns and results.worlds[path].n_unique() > 1]
