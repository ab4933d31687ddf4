"""Experiments: designs, the runner, the store of results, and the command line."""
