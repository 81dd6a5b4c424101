"""Probes for `fuyajo doctor`: each finds one thing out by trying it, and says nothing itself."""
