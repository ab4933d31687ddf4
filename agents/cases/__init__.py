"""A case from detection to its end: how it is found, investigated, attributed, answered, and what comes of it."""
