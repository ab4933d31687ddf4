"""What there is: doctrines, scenarios, parameters, metrics and figures, as `deter list` shows them."""
