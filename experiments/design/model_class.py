"""A model of the user's own: a subclass of `DeterrenceModel`, from a file or from a package."""

import functools
import hashlib
import importlib.machinery
import importlib.util
import sys
import threading
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, nearest_name


@dataclass(frozen=True)
class ModelSource:
    """Where a model class comes from. That of a file carries its text, so that any worker can load it."""

    name: str  # "file.py:Class" or "package.module:Class", as given
    text: str | None = None  # of the file; None: a package that workers have

    @property
    def hash(self) -> str:
        """Hash of the source of the module, as 16 hexadecimal digits; nothing of it runs.

        Raises `ConfigurationError` where a package has no such module here.
        """
        text = self.text if self.text is not None else _source_of(self.name.rpartition(":")[0])
        if text is None:
            raise ConfigurationError("is a class of a package that is not installed", key="model", value=self.name)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def load(self) -> Any:
        """The class; raises `ConfigurationError` where there is none."""
        return _load(self)


GUARD = '`if __name__ == "__main__":`'
"""What keeps a part of a script from running wherever the script is read."""
SHIPPED = ModelSource("model.deterrence:DeterrenceModel")


def model_source(name: str, beside: Path | None = None) -> ModelSource:
    """The source of a class named `file.py:Class`, the file beside another if relative, or `package.module:Class`."""
    place, colon, kind = name.rpartition(":")
    if not colon or not place or not kind.isidentifier():
        allowed = "file.py:Class or package.module:Class"
        raise ConfigurationError("does not name a class", key="model", value=name, allowed=allowed)
    if not place.endswith(".py"):
        found = ModelSource(name).load()
        source = ModelSource(f"{found.__module__}:{found.__qualname__}")  # where its source is, whoever hands it on
    else:
        path = (beside.parent if beside else Path()) / Path(place).expanduser()
        try:
            source = ModelSource(name, path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            problem = getattr(error, "strerror", None) or "is not UTF-8 text"
            raise ConfigurationError(f"cannot be read ({problem})", file=str(path), key="model", value=name) from None
    source.load()
    return source


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
    from model.deterrence import DeterrenceModel

    place, _, kind = source.name.rpartition(":")
    here = source, threading.get_ident()
    if here in _LOADING:
        problem = f"starts its own sweep while it is being loaded; put code that should run only once below {GUARD}"
        raise ConfigurationError(problem, key="model", value=source.name)
    _LOADING.add(here)
    try:
        module = importlib.import_module(place) if source.text is None else _module(place, source.text, source.hash)
    except ConfigurationError:
        raise
    except (Exception, SystemExit) as error:
        problem = f"cannot be loaded ({type(error).__name__}: {error})"
        raise ConfigurationError(problem, key="model", value=source.name) from None
    finally:
        _LOADING.discard(here)
    found = getattr(module, kind, None)
    if not (isinstance(found, type) and issubclass(found, DeterrenceModel)):
        kinds = {name: each for name, each in vars(module).items() if isinstance(each, type)}
        classes = [name for name, each in kinds.items() if issubclass(each, DeterrenceModel)]
        nearest, allowed = nearest_name(kind, classes), ", ".join(classes) or "a subclass of DeterrenceModel"
        problem = f"has no class {kind} that is a DeterrenceModel"
        raise ConfigurationError(problem, key="model", value=source.name, allowed=allowed, nearest=nearest)
    return found


def _module(place: str, text: str, name: str) -> types.ModuleType:
    module = sys.modules[f"deter_model_{name}"] = types.ModuleType(f"deter_model_{name}")
    module.__file__ = place
    exec(compile(text, place, "exec"), vars(module))
    return module
