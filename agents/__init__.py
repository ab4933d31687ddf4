"""Who there is: the agents of the deterrence model, their columns, their rules and their Mesa faces."""
