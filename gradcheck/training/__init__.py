"""One explanation of a training that goes wrong per file."""
