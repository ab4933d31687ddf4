"""Why does a doctrine work? Shapley values of its mechanisms and its features."""
