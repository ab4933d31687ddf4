"""The loop of a search for doctrines, the sweeps that it is made of, and what winners lean on."""
