"""The pages: one more door to the service, for people with a browser."""
