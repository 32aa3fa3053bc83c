"""Models that are not ours: where they come from, that they are whole, where they lie."""
