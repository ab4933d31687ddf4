"""History and forecast: what the EU did, what the model predicts of it, and how well, scored after the fit."""
