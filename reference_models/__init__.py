"""Layers and models written by hand in NumPy: the evidence that a right backward pass is judged right.

Nothing here imports gradcheck, so that neither can lean on the other.
"""
