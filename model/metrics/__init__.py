"""Metrics of a run: each a ratio of two sums over the run, so that a mean over runs is a ratio of sums over them."""
