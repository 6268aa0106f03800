"""Gradients written as functions: what their arguments are, how the backward is called, which gradient is whose."""
