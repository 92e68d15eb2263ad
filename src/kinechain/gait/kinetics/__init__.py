"""From motion and measured forces to the moments at the joints."""
