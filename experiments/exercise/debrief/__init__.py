"""After an exercise: what was true, what choices caused, and which doctrine they reveal."""
