"""What the tests share: worlds, recorders, processes, pages and drawn figures."""
