"""How a layer is called, forward and backward, and one call that leaves nothing behind."""
