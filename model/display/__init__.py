"""How objects show themselves in a notebook: cards of HTML, and progress in an output of its own."""
