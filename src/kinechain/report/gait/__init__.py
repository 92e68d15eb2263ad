"""The report of a gait analysis: page and terminal."""
