"""A page to explore: sliders rerun hundreds of paired runs, over a socket on which the latest move wins."""
