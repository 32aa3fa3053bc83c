"""Offline speech recognition behind one small port; see `ivr_asr.api`."""
