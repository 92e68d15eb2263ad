"""From markers to joint angles, and from angles to their smoothed derivatives."""
