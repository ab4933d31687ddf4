"""Sweeps, single runs, comparisons and reproductions: who does the work, and how much it takes."""
