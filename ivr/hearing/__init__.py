"""Voice activity, end of turn and barge-in, counted in milliseconds of audio."""
