"""Faults that nobody thought of are found here: inputs are mutated, read in child processes, and measured.

`mutations` makes inputs, `targets` says what reads them and where they begin, `worker` reads and measures them,
`batches` runs workers and keeps what failed. `corpus/` holds inputs that failed once, which the ordinary suite reads.
"""
