"""Fuyajo: from a sentence to running infrastructure, safely."""

__version__ = "0.1.0"
