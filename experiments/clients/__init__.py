"""Other tools as clients of the model: what they need to ask it for the figures of a sweep."""
