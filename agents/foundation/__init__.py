"""What agents stand on: documented columns, compiled rules, addressed random numbers."""
