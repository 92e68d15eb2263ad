"""The gait laboratory: from a recording to loads along the chain."""
