"""The user's own NumPy code under torch's autograd: a duck array, the functions it understands, what it refuses."""
