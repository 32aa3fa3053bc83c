"""What lies between a caller's mouth and the hotline: noise, echo, codecs and loss put on recorded cases, seeded."""
