"""Doctrines compared on the page: what `deter compare` finds, in memory, a module for each part of the answer."""
