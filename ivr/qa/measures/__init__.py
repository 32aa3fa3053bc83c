"""What a run of cases says about the hotline, measure by measure; each has its definition where it is computed."""
