"""What is tried on a training set-up, and put back: evaluations, gradients, steps."""
