"""Home-made optimizers, driven step by step and compared with the update rules of their papers and of torch.optim."""
