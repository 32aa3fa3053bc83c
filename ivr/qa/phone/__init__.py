"""A scripted telephone: SIP, RTP and a recording of what it heard, for tests and benchmarks on loopback."""
