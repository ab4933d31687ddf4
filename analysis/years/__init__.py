"""How figures move over the years that runs count: levels by year, and their trend."""
