"""What Fuyajo remembers: plans, runs and per-user directories below one home."""
