"""Options and arguments that several commands take, the reading of `--set`, and exit codes."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from typer import Argument, Exit, Option

from model.errors import MOST_SEED, MOST_WORKERS, ConfigurationError

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: 0 done, 1 failed or a check fell short, 2 wrong input, 130 interrupted."""


def _say_versions(asked: bool) -> None:
    if asked:
        from experiments.store.provenance import versions

        found = versions()
        print(f"deter {found.pop('deter')} · " + " · ".join(f"{name} {number}" for name, number in found.items()))
        raise Exit


Version = Annotated[bool, Option("--version", callback=_say_versions, is_eager=True, help="Show the version and exit.")]
Folder = Annotated[Path, Argument(metavar="DIR", help="A folder of results.")]
ExperimentName = Annotated[str, Argument(metavar="EXPERIMENT", help="A shipped experiment or a path to a .toml file.")]
Seed = Annotated[int, Option(min=0, max=MOST_SEED, help="Seed of the random numbers.")]
OtherSeed = Annotated[int | None, Option(min=0, help="Seed, instead of the file's.")]
OtherReplicates = Annotated[int | None, Option(min=1, help="Runs of each point, instead of the file's.")]
EngineName = Literal["mesa", "compiled"]
Set = Annotated[
    list[str] | None, Option("--set", metavar="KEY=VALUE", help="Set a parameter by its path; may be repeated.")
]
Out = Annotated[Path | None, Option(help="Folder for the results; by default results/EXPERIMENT.")]
Uncertainty = Annotated[
    str | None,
    Option(
        metavar="posterior|none|FILE",
        help="Uncertain worlds, one for each replicate: posterior (shipped), none, or a .csv or .parquet file; "
        "by default posterior in the scenario baseline, and none in others.",
    ),
]
Workers = Annotated[int | None, Option(min=1, max=MOST_WORKERS, help="Workers; by default one for each processor.")]
Dask = Annotated[str | None, Option(metavar="ADDRESS", help="Use the workers of this Dask scheduler.")]
RetryFailed = Annotated[bool, Option("--retry-failed", help="Repeat the tasks in which a run failed.")]
Fresh = Annotated[
    bool,
    Option(
        "--fresh",
        help="Delete the results in the folder and start again if they are of another design or version of the model; "
        "results of the same design and version are kept and completed.",
    ),
]
TrustModel = Annotated[
    bool,
    Option(
        "--trust-model",
        help="Run the model class and metrics that come with the folder. This runs code written by whoever made it.",
    ),
]
NoFigures = Annotated[bool, Option("--no-figures", help="Draw no figures; `deter figure` can draw them later.")]
Quiet = Annotated[bool, Option("--quiet", help="Print only errors.")]


def assignments(texts: Sequence[str] | None) -> dict[str, Any]:
    """Values by path from `KEY=VALUE` texts; a value is read as TOML, or else as plain text.

    Raises `ConfigurationError` where a text is no such assignment, or a key is set twice.
    """
    values: dict[str, Any] = {}
    for key, value in _pairs(texts or [], "--set", "doctrine.clarity=0.5"):
        if key in values:
            raise ConfigurationError("is set twice", file="--set", key=key)
        values[key] = value
    return values


def changes_of(texts: Sequence[str] | None, *, together: bool = False) -> list[dict[str, Any]]:
    """Changes from `KEY=VALUE` texts as `assignments` reads them: of each an arm, or of all `together` one.

    Raises `ConfigurationError` where a text is no such assignment, or one arm is to have two values of a key.
    """
    pairs = list(_pairs(texts or [], "--change", "voting_rule=qmv"))
    if not together:
        return [{key: value} for key, value in pairs]
    if len(pairs) < 2:
        problem = "combines several changes in one arm"
        raise ConfigurationError(problem, file="--together", allowed="two or more of --change KEY=VALUE")
    for place, (key, _) in enumerate(pairs):
        if key in dict(pairs[:place]):
            raise ConfigurationError("is changed twice in one arm", file="--change", key=key)
    return [dict(pairs)]


def _pairs(texts: Sequence[str], option: str, allowed: str) -> Iterator[tuple[str, Any]]:
    for text in texts:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key or not value.strip():
            raise ConfigurationError("is not KEY=VALUE", file=option, value=text, allowed=allowed)
        yield key, _value(key, value.strip(), option)


def _value(key: str, text: str, option: str) -> Any:
    from model.loading import parse

    if "\n" in text:  # a second line would be another entry
        return text
    try:
        return parse(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    except ConfigurationError as error:
        raise error.at(option, key) from None
