"""What all figures share: style, captions, pages, and placing of text."""
