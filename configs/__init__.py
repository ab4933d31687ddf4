"""Data only: scenarios, doctrines, catalogues and experiments, each number with its unit and its source."""

__distribution__ = "deter"
