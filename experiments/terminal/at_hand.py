"""Names that were meant for a file at hand: what a message suggests beside what is shipped."""

from pathlib import Path

from model.errors import ConfigurationError, nearest_name


def with_file(error: ConfigurationError) -> ConfigurationError:
    """The same error, where a name that is not shipped is like a file at hand: `mine` may be meant for `mine.toml`.

    A path is taken from the file that holds the name, if one does, and else from the working directory.
    """
    if not isinstance(error.value, str) or not error.problem.startswith("is not among the shipped"):
        return error
    holder = Path(error.file or "")
    folder = holder.parent if holder.is_file() else Path()
    files = [path.stem for path in folder.glob("*.toml")]
    nearest = nearest_name(error.value, [*files, *([error.nearest] if error.nearest else [])])
    if nearest in files:
        error.nearest = f"{nearest}.toml"
    return error
