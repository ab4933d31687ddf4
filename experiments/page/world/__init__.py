"""One world of a setting, for a browser to play: its run in full, as columns of numbers."""
