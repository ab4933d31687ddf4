"""Which doctrine does best? Paired differences, superiority, Pareto set, regret, targets, winners."""
