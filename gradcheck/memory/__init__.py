"""What a training step keeps in memory: parameters, gradients, the optimizer's state, activations."""
