"""The terminal: options, messages, tables, progress, and files written for readers."""
