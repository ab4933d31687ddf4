"""What `deter validate` checks: facts and experiments as declarations, the worlds they are tried in, and the runs."""
