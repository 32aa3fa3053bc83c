"""What a caller meant: pure, explainable, no I/O."""
