"""Each model trained to a stated result by one command: `python -m reference_models.train NAME`."""
