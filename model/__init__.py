"""The assembled model: configuration, the week, both engines, the twin, and what is recorded."""

__distribution__ = "deter"
