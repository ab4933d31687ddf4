"""A folder of results: its readers, its tables for readers, and conditions on its metrics."""
