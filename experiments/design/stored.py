"""Designs as a folder of results keeps them: with what the files named by levels held, and without those files."""

from typing import Any

from analysis.results.folder import DESIGN, MANIFEST, Manifest, Results
from experiments.design.design import SHARED, Design
from experiments.design.model_class import ModelSource
from experiments.design.points import WHOLES
from model.configuration import Configuration
from model.errors import MOST_SEED, ConfigurationError
from model.paths import validated


def contents_of(design: Design) -> dict[str, dict[str, Any]]:
    """Contents of the files that levels of a design name, as plain values: path → level → content."""
    if design.contents:
        return {path: {level: _plain(held) for level, held in held.items()} for path, held in design.contents.items()}
    return {
        path: {level: _content(design.base, path, level) for level in design.frame[path].unique(maintain_order=True)}
        for path in WHOLES
        if path in design.factors
    }


def _plain(content: Any) -> Any:
    return content.model_dump(mode="json", exclude={"sources"}) if isinstance(content, Configuration) else content


def _content(base: Configuration, path: str, level: Any) -> Any:
    """Content of the file that a level names; of a scenario, which may override anything, the whole configuration."""
    content: Any = base.with_values({path: level}).model_dump(mode="json", exclude={"sources"})
    for part in () if path == "scenario" else path.split("."):
        content = content[part]
    return content


def kept_design(results: Results) -> Design:
    """The design of a folder, from its manifest and `design.parquet` alone; raises `ConfigurationError`."""
    manifest, file = results.manifest, str(results.folder / MANIFEST)
    _check_numbers(manifest, file)
    base = validated(Configuration, manifest.configuration, file=file, below="configuration")
    if results.design["point"].to_list() != list(range(manifest.points)):
        problem = f"does not hold the points 0 to {manifest.points - 1} in their order"
        raise ConfigurationError(problem, file=str(results.folder / DESIGN))
    contents = {path: dict(levels) for path, levels in manifest.contents.items()}
    for level, content in contents.get("scenario", {}).items():
        contents["scenario"][level] = validated(Configuration, content, file=file, below=f"contents.scenario.{level}")
    return Design(
        **{name: getattr(manifest, name) for name in SHARED},
        base=base,
        factors=manifest.factors,
        frame=results.design,
        kind=manifest.design.get("kind", "grid"),
        plan={name: value for name, value in manifest.design.items() if name != "kind"},
        engine=manifest.engine,
        model=_model(manifest, file),
        most_replicates=manifest.most_replicates or 0,
        contents=contents,
    )


def _check_numbers(manifest: Manifest, file: str) -> None:
    for name, low in (("seed", 0), ("first_replicate", 0), ("replicates", 1), ("points", 1)):
        value = getattr(manifest, name)
        if not low <= value <= MOST_SEED:
            raise ConfigurationError("is out of range", file=file, key=name, value=value, allowed=f"at least {low}")


def _model(manifest: Manifest, file: str) -> ModelSource | None:
    if manifest.model is None:
        return None
    name = manifest.model["name"]
    if manifest.model_text is None and name.rpartition(":")[0].endswith(".py"):
        raise ConfigurationError("is a class whose source the folder does not hold", file=file, key="model", value=name)
    source = ModelSource(name, manifest.model_text)
    source.load()
    return source
