"""What happened in one run? Its cases and votes, as a picture and in sentences."""
