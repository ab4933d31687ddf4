"""Lists of all there is: doctrines, scenarios, parameters, metrics and figures, as `deter list` shows them."""
