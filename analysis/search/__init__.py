"""Which doctrines does a search find? Objectives, the front, and what winners lean on."""
