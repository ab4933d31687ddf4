"""Which worlds agree with the public record: a posterior, whether it can be trusted, and what it predicts."""
