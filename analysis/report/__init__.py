"""The brief: one page of findings, figures, tables and assumptions, from any folder of results."""
