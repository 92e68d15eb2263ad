"""A walk that nobody walked, whose truth is known."""
