"""When each foot meets the ground and leaves it, and the cycles that follow."""
