"""From an experiment's file to the points of its design."""
