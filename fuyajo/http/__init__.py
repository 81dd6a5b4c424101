"""The door for programs and pages: FastAPI in front of the same service as the command line."""
