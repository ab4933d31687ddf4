"""From any week on: worlds that go on from a copy of their tables, under a script and a policy of one's own."""
