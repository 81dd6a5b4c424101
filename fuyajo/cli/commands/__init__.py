"""One file a command; each is parse, one service call, render."""
