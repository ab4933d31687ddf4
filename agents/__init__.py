"""Who there is: the agents of the deterrence model, their columns, their rules and their Mesa faces."""

# First of all: importing Mesa walks the call stack, which takes longer the deeper it is and the more is imported.
import mesa as _mesa  # noqa: F401

__distribution__ = "deter"
