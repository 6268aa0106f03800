"""What the reference models are trained on: all of it generated from a seed, or shipped beside the code."""
