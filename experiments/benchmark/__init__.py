"""`deter bench`: how fast the model is, and where its time goes."""
