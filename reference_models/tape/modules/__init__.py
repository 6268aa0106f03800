"""Layers and models of tensors: forward alone is written, gradients follow from it.

Their parts, names and initial weights are those of the layers written by hand in NumPy.
"""
