"""The table-top exercise: people decide for the Union in a world of the model, round by round."""
