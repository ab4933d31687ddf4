"""What the user meets in a terminal: options, messages, tables, and files written for readers."""
