"""A model of the person from the program's own skeleton, scaled to the recording."""
