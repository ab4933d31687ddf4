"""Designs as a folder of results keeps them: with what the files named by levels held, and without those files."""

from collections.abc import Mapping
from typing import Any

from analysis.results.folder import Results
from analysis.results.manifest import MANIFEST, WORLDS, Manifest, OwnMetric
from experiments.design.design import SHARED, Design
from experiments.design.model_class import MetricSource, ModelSource
from experiments.design.points import WHOLES, scalars
from experiments.design.uncertainty import check_parameter
from model.configuration import Configuration
from model.errors import ConfigurationError, placed
from model.loading import shipped
from model.paths import validated


def contents_of(design: Design) -> dict[str, dict[str, Any]]:
    """Contents of the files that levels of a design name, as plain values: path → level → content."""
    return {
        path: {
            level: _plain(held[level]) if level in held else _content(design.base, path, level)
            for level in design.frame[path].unique(maintain_order=True)
        }
        for path in WHOLES
        if path in design.factors
        for held in (design.contents.get(path, {}),)
    }


def _plain(content: Any) -> Any:
    return content.model_dump(mode="json", exclude={"sources"}) if isinstance(content, Configuration) else content


def _content(base: Configuration, path: str, level: Any) -> Any:
    """Content of the file that a level names; of a scenario, which may override anything, the whole configuration."""
    content: Any = base.with_values({path: level}).model_dump(mode="json", exclude={"sources"})
    for part in () if path == "scenario" else path.split("."):
        content = content[part]
    return content


def kept_design(results: Results, *, trust_model: bool = False) -> Design:
    """The design of a folder, from its manifest and `design.parquet` alone; raises `ConfigurationError`.

    A model class or a metric that the folder brings or names is code of whoever made the folder: it is taken where
    `trust_model` says so, and otherwise refused. Here nothing of it is run yet.
    """
    manifest, file = results.manifest, str(results.folder / MANIFEST)
    contents: dict[str, dict[str, Any]] = {path: dict(levels) for path, levels in manifest.contents.items()}
    for level, content in contents.get("scenario", {}).items():
        below = f"contents.scenario.{level}"
        contents["scenario"][level] = validated(Configuration, content, file=file, below=below)
    _check_contents(results, contents, file)
    known = scalars(results.configuration)
    for path in results.worlds.columns[1:] if results.worlds is not None else ():
        with placed(str(results.folder / WORLDS)):
            check_parameter(path, known)
    return Design(
        **{name: getattr(manifest, name) for name in SHARED},
        base=results.configuration,
        factors=manifest.factors,
        frame=results.design,
        worlds=results.worlds,
        kind=manifest.design["kind"],
        plan={name: value for name, value in manifest.design.items() if name != "kind"},
        engine=manifest.engine,
        model=_model(manifest, file, trusted=trust_model),
        metrics={
            name: _metric(name, each, manifest, file, trusted=trust_model) for name, each in manifest.metrics.items()
        },
        most_replicates=manifest.most_replicates or 0,
        contents=contents,
    )


def _check_contents(results: Results, contents: Mapping[str, Mapping[str, Any]], file: str) -> None:
    """Refuse a level that names a file whose content the folder lacks: no file of this machine is read in its place."""
    for path in WHOLES:
        levels = results.design[path].unique(maintain_order=True) if path in results.design.columns else ()
        named = [level for level in levels if level not in contents.get(path, ())]
        for level in set(named).difference(
            shipped("scenarios" if path == "scenario" else "doctrines") if named else ()
        ):
            problem = "names a file whose content is missing from the folder"
            raise ConfigurationError(problem, file=file, key=f"contents.{path}", value=level)


def _model(manifest: Manifest, file: str, *, trusted: bool) -> ModelSource | None:
    """The model class of a folder, if it is trusted, and its text the one that the hash is of."""
    if manifest.model is None:
        return None
    name, version = manifest.model["name"], manifest.model["hash"]
    source, text = ModelSource(name, manifest.model_text), "model_text in the manifest"
    _check_code(source, version, file, "model", text, trusted=trusted)
    return source


def _metric(name: str, kept: OwnMetric, manifest: Manifest, file: str, *, trusted: bool) -> MetricSource:
    """A metric of a folder that a function of its maker's own measures, under the same conditions."""
    source, key = MetricSource(kept.name, manifest.metric_texts.get(kept.hash)), f"metrics.{name}"
    _check_code(source, kept.hash, file, key, "metric_texts in the manifest", trusted=trusted)
    return source


def _check_code(source: ModelSource, version: str, file: str, key: str, text: str, *, trusted: bool) -> None:
    """Refuse code that is not trusted, or whose text is not the one that the hash is of; nothing of it runs."""
    what, held = source.what, source.text is not None
    if not held and source.name.rpartition(":")[0].endswith(".py"):
        problem = f"is a {what} whose source is missing from the folder"
        raise ConfigurationError(problem, file=file, key=key, value=source.name)
    if held and source.hash != version:
        problem = "does not match the source next to it, which has been changed since it was written"
        raise ConfigurationError(problem, file=file, key=f"{key}.hash", value=version)
    if not trusted:
        where = "code that comes with the folder" if held else f"a {what} of a package, which would be imported"
        problem = f"is {where} (hash {version}), and runs only if you trust it"
        look = text if held else "the package"
        allowed = f"--trust-model (in Python trust_model=True), once you have looked at {look}"
        raise ConfigurationError(problem, file=file, key=key, value=source.name, allowed=allowed)
    with placed(file):
        if source.hash != version:
            problem = f"does not match the hash of the {what}'s source here, {source.hash}"
            allowed = "the version of its package with which the folder was made"
            raise ConfigurationError(problem, key=f"{key}.hash", value=version, allowed=allowed)
