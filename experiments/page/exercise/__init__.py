"""The exercise on the page: a chair for each browser, which gets what that chair may see and nothing else."""
