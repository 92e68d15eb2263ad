"""From deviations to findings that a clinician confirms."""
