"""Lines without a telephone: text, recordings, virtual time."""
