"""A real Asterisk and a real `ivr serve` in processes of their own, for tests and benchmarks on loopback."""
