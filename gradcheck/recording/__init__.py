"""Runs of training written to folders while they go on, and read again; docs/runs.md says what lies there."""
