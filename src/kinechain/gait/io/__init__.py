"""Recordings read and written in the formats of gait laboratories."""
