"""One module for each room of the pages: its routes, and nothing else."""
