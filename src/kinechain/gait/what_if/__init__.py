"""What the recording's own loads would be under a change: recomputed, and by published dose."""
