"""One file for each noun; each route is parse, one service call, render."""
