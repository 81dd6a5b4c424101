"""The gate: which planner backends may serve, shown on a data set."""
