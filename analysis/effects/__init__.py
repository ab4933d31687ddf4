"""What do the factors of a sweep change? Main effects, interactions, effects by cell and at matched bite."""
