"""How plans, machines, runs and problems look; shared by every door. Returns text and plain data only."""
