"""Estimates with intervals, contrasts on common random numbers, and what counts where runs are missing."""
