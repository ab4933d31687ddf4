"""The only writer of a folder of results: parts, assembly, manifest, lock."""
