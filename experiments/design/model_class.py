"""Code of a user's own, from a file or from a package: a subclass of `DeterrenceModel`, and functions that measure."""

import functools
import hashlib
import importlib.machinery
import importlib.util
import inspect
import sys
import threading
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from model.errors import ConfigurationError, nearest_name


@dataclass(frozen=True)
class ModelSource:
    """Where a model class comes from. That of a file carries its text, so that any worker can load it."""

    name: str  # "file.py:Class" or "package.module:Class", as given
    text: str | None = None  # of the file; None: a package that workers have
    key: ClassVar[str] = "model"
    what: ClassVar[str] = "class"
    pattern: ClassVar[str] = "Class"

    @property
    def hash(self) -> str:
        """Hash of the source of the module, as 16 hexadecimal digits; nothing of it runs.

        Raises `ConfigurationError` where a package has no such module here.
        """
        text = self.text if self.text is not None else _source_of(self.name.rpartition(":")[0])
        if text is None:
            problem = f"is a {self.what} of a package that is not installed"
            raise ConfigurationError(problem, key=self.key, value=self.name)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def load(self) -> Any:
        """The class, or the function; raises `ConfigurationError` where there is none."""
        return _load(self)

    def found_in(self, module: types.ModuleType) -> Any:
        """What is named in a module that is loaded; raises `ConfigurationError` where it is none."""
        from model.deterrence import DeterrenceModel

        kind = self.name.rpartition(":")[2]
        found = getattr(module, kind, None)
        if isinstance(found, type) and issubclass(found, DeterrenceModel):
            return found
        kinds = {name: each for name, each in vars(module).items() if isinstance(each, type)}
        classes = [name for name, each in kinds.items() if issubclass(each, DeterrenceModel)]
        nearest, allowed = nearest_name(kind, classes), ", ".join(classes) or "a subclass of DeterrenceModel"
        problem = f"has no class {kind} that is a DeterrenceModel"
        raise ConfigurationError(problem, key=self.key, value=self.name, allowed=allowed, nearest=nearest)


class MetricSource(ModelSource):
    """Where a function comes from that gives a number for a run that has ended."""

    key: ClassVar[str] = "metrics"
    what: ClassVar[str] = "function"
    pattern: ClassVar[str] = "function"

    def found_in(self, module: types.ModuleType) -> Any:
        """The function of a module that is loaded; raises `ConfigurationError` where it is none, or takes no run."""
        kind = self.name.rpartition(":")[2]
        found = getattr(module, kind, None)
        if not inspect.isroutine(found):
            own = [name for name, each in vars(module).items() if inspect.isfunction(each) and name[0] != "_"]
            allowed = ", ".join(own) or "a function of one argument, the run"
            problem, nearest = f"has no function {kind}", nearest_name(kind, own)
            raise ConfigurationError(problem, key=self.key, value=self.name, allowed=allowed, nearest=nearest)
        try:
            inspect.signature(found).bind(None)
        except (TypeError, ValueError):
            problem = "cannot be called with a run alone"
            allowed = f"a function of one argument: def {kind}(run)"
            raise ConfigurationError(problem, key=self.key, value=self.name, allowed=allowed) from None
        return found

    @property
    def says(self) -> str:
        """First line of the function's docstring; empty where it has none."""
        lines = (inspect.getdoc(self.load()) or "").strip().splitlines()
        return lines[0].strip() if lines else ""


GUARD = '`if __name__ == "__main__":`'
"""What keeps a part of a script from running wherever the script is read."""
S = TypeVar("S", bound=ModelSource)
SHIPPED = ModelSource("model.deterrence:DeterrenceModel")


def model_source(name: str, beside: Path | None = None) -> ModelSource:
    """The source of a class named `file.py:Class`, the file beside another if relative, or `package.module:Class`."""
    return _source(ModelSource, name, beside)


def metric_source(name: str, beside: Path | None = None) -> MetricSource:
    """The source of a function named `file.py:function`, the file beside another, or `package.module:function`."""
    return _source(MetricSource, name, beside)


def _source(what: type[S], name: str, beside: Path | None) -> S:
    place, colon, kind = name.rpartition(":")
    if not colon or not place or not kind.isidentifier():
        allowed = f"file.py:{what.pattern} or package.module:{what.pattern}"
        raise ConfigurationError(f"does not name a {what.what}", key=what.key, value=name, allowed=allowed)
    if not place.endswith(".py"):
        found = what(name).load()
        source = what(f"{found.__module__}:{found.__qualname__}")  # where its source is, whoever hands it on
    else:
        path = (beside.parent if beside else Path()) / Path(place).expanduser()
        try:
            source = what(name, path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            problem = getattr(error, "strerror", None) or "is not UTF-8 text"
            problem, nearest = f"cannot be read ({problem})", nearest_file(path)
            raise ConfigurationError(problem, file=str(path), key=what.key, value=name, nearest=nearest) from None
    source.load()
    return source


def nearest_file(path: Path) -> str | None:
    """The file beside one that is missing whose name is most like it; None where there is none."""
    try:
        return nearest_name(path.name, sorted(each.name for each in path.parent.glob("*.py") if each != path))
    except OSError:
        return None


def _source_of(place: str) -> str | None:
    """The source of a module of a package, found as an import finds it, without running it or its parents."""
    first, *rest = place.split(".")
    try:
        spec = importlib.util.find_spec(first)
    except ValueError:  # a module that was made by hand
        return None
    for part in rest:
        if spec is None or spec.submodule_search_locations is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(f"{spec.name}.{part}", spec.submodule_search_locations)
    return getattr(spec.loader, "get_source", lambda _: None)(spec.name) if spec else None


_LOADING: set[tuple[ModelSource, int]] = set()
"""Sources that are being loaded, each with the thread that does."""


@functools.cache
def _load(source: ModelSource) -> Any:
    place = source.name.rpartition(":")[0]
    here = source, threading.get_ident()
    if here in _LOADING:
        problem = f"starts its own sweep while it is being loaded; put code that should run only once below {GUARD}"
        raise ConfigurationError(problem, key=source.key, value=source.name)
    _LOADING.add(here)
    try:
        module = importlib.import_module(place) if source.text is None else _module(place, source.text, source.hash)
    except ConfigurationError:
        raise
    except (Exception, SystemExit) as error:
        problem = f"cannot be loaded ({type(error).__name__}: {error})"
        raise ConfigurationError(problem, key=source.key, value=source.name) from None
    finally:
        _LOADING.discard(here)
    return source.found_in(module)


@functools.cache
def _module(place: str, text: str, name: str) -> types.ModuleType:
    """A file as a module, once however many of its classes and functions are asked for."""
    module = sys.modules[f"deter_model_{name}"] = types.ModuleType(f"deter_model_{name}")
    module.__file__ = place
    exec(compile(text, place, "exec"), vars(module))
    return module
