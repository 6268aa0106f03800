"""Autograd tapes people write themselves: their Tensor learned, its operators and the modules made of it checked."""
