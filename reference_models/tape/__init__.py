"""A small automatic differentiation: tensors that remember what they were computed from."""
