"""Waves of worlds drawn from a prior, the posterior that follows, and the gates that say whether to trust it."""
