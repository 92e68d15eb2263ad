"""Benchmarks of speed and accuracy: ``python -m benchmarks``, or ``make bench``."""
