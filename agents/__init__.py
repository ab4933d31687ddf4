"""Who there is: the agents of the deterrence model, their columns, their rules and their Mesa faces."""

import warnings as _warnings

with _warnings.catch_warnings():
    # The progress bar of Mesa's batch runner asks for ipywidgets in a notebook, where deter shows a line of its own.
    _warnings.filterwarnings("ignore", message="IProgress not found")
    # First of all: importing Mesa walks the call stack, which takes longer the deeper it is and the more is imported.
    import mesa as _mesa  # noqa: F401

__distribution__ = "deter"
