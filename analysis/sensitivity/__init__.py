"""Which uncertain parameters matter? Sobol' indices and Morris's elementary effects."""
