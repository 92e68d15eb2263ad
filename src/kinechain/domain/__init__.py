"""The nouns everything else speaks of; no behaviour, no input or output."""
