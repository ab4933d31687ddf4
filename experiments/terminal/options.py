"""Options and arguments that several commands take, the reading of `--set`, and exit codes."""

import tomllib
from collections.abc import Sequence
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


Version = Annotated[bool, Option("--version", callback=_say_versions, is_eager=True, help="Say the version and leave.")]
Folder = Annotated[Path, Argument(metavar="DIR", help="A folder of results.")]
ExperimentName = Annotated[str, Argument(metavar="EXPERIMENT", help="A shipped experiment or a path to a .toml file.")]
Seed = Annotated[int, Option(min=0, max=MOST_SEED, help="Seed of the random numbers.")]
OtherSeed = Annotated[int | None, Option(min=0, help="Seed, in place of the file's.")]
OtherReplicates = Annotated[int | None, Option(min=1, help="Runs of each point, in place of the file's.")]
EngineName = Literal["mesa", "compiled"]
Set = Annotated[
    list[str] | None, Option("--set", metavar="KEY=VALUE", help="Set a parameter by its path; may be repeated.")
]
Out = Annotated[Path | None, Option(help="Folder for the results; by default results/EXPERIMENT.")]
Uncertainty = Annotated[
    str | None,
    Option(
        metavar="posterior|none|FILE",
        help="Worlds in which replicates live, each in one of its own: the shipped posterior, none, or a .csv or "
        ".parquet file; by default posterior in the scenario baseline, and in others none.",
    ),
]
Workers = Annotated[int | None, Option(min=1, max=MOST_WORKERS, help="Workers; by default one for each processor.")]
Dask = Annotated[str | None, Option(metavar="ADDRESS", help="Let the workers of this Dask scheduler do the work.")]
RetryFailed = Annotated[bool, Option("--retry-failed", help="Do again the tasks in which a run failed.")]
Fresh = Annotated[
    bool,
    Option(
        "--fresh",
        help="Start anew, and lose the results in the folder, if they are of another design or version of the model; "
        "results of the same are kept and completed.",
    ),
]
TrustModel = Annotated[
    bool,
    Option("--trust-model", help="Run the model class that the folder brings: code of whoever made the folder."),
]
NoFigures = Annotated[bool, Option("--no-figures", help="Draw no figures; `deter figure` can later.")]
Quiet = Annotated[bool, Option("--quiet", help="Say nothing but errors.")]


def assignments(texts: Sequence[str] | None) -> dict[str, Any]:
    """Values by path from `KEY=VALUE` texts; a value is read as TOML, or else as plain text.

    Raises `ConfigurationError` where a text is no such assignment, or a key is set twice.
    """
    values: dict[str, Any] = {}
    for text in texts or []:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key or not value.strip():
            raise ConfigurationError("is not KEY=VALUE", file="--set", value=text, allowed="doctrine.clarity=0.5")
        if key in values:
            raise ConfigurationError("is set twice", file="--set", key=key)
        values[key] = _value(key, value.strip())
    return values


def _value(key: str, text: str) -> Any:
    from model.loading import parse

    if "\n" in text:  # a second line would be another entry
        return text
    try:
        return parse(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    except ConfigurationError as error:
        raise error.at("--set", key) from None
