"""What all figures share: house style, pages and slides, parts of panels, words, placing of text, and files."""
