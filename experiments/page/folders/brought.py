"""Code that a folder brings of its own, which the page never runs; and the command that may."""

from analysis.report.briefs import command_path
from analysis.results.folder import Results
from model.errors import ConfigurationError


def command(results: Results, point: int, replicate: int) -> str:
    """The command that tells the story of a run."""
    return f"deter explain {command_path(results.folder)} --point {point} --replicate {replicate}"


def check_no_code(results: Results, point: int, replicate: int) -> None:
    """Refuse a folder with a model class or metrics of its own, of which nobody here has said that they are trusted."""
    model, metrics = results.manifest.model, results.manifest.metrics
    if model is None and not metrics:
        return
    brings = f"the model class {model['name']}" if model else f"the metric {next(iter(metrics))}"
    raise ConfigurationError(
        f"comes with code of its own ({brings}), which this page never runs",
        value=results.folder.name,
        allowed=f"`{command(results, point, replicate)} --trust-model`, once you have looked at that code",
    )
