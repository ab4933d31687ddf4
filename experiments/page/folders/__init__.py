"""Results folders on the page: found by name, opened as a surface, its runs, and each run's story."""
