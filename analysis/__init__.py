"""From results to findings: estimates with intervals, tables and figures."""
