"""Functions of arrays with their derivatives; none of them knows of tensors.

Each returns its value y and one pullback per array operand, which maps y_bar, shaped like y, to that operand's
cotangent, shaped like the operand.
"""
