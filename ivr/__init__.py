"""A voice hotline: Asterisk in front, speech recognised offline, flows in YAML, a person always within reach."""
