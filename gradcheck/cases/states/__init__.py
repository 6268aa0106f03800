"""What a layer holds: its arrays, what it was told, its mode, its gradients cleared."""
