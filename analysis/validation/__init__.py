"""Why believe it: checks of what the model shows against what is expected, in one table, its figures and its page."""
