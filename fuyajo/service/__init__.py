"""The only door to everything: one module per concern, the actor first in every call."""
