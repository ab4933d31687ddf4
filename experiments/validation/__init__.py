"""What `deter validate` checks: facts and experiments as declarations, the worlds in which they are tried, and the runs."""
