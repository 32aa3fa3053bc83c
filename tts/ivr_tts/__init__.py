"""Speech synthesis behind one small port, and a cache of rendered prompts; see `ivr_tts.api`."""
