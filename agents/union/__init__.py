"""The European Union: the Council and the bodies around it, and its cases from detection to their end."""
