"""What is computed from events, markers, angles and moments, each beside its definition."""
