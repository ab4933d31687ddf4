"""An exercise at the terminal, on a screen of 80 characters by 24 lines."""
