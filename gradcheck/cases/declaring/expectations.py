"""The words of `expect`: what a person may declare a layer to do on purpose."""

from __future__ import annotations

STRAIGHT_THROUGH = "straight-through"
REVERSAL = "gradient-reversal"
SCALING = "gradient-scaling"
CLIPPING = "gradient-clipping"
STOPPED = "stop-gradient"
FIRST_ORDER = "first-order"
REUSED = "buffers-reused"

#: Word to what it declares.
EXPECTATIONS = {
    STRAIGHT_THROUGH: "forward moves in steps, backward passes the gradient on",
    REVERSAL: "forward is the identity, backward turns the gradient around",
    SCALING: "forward is the identity, backward multiplies the gradient",
    CLIPPING: "forward is the identity, backward limits the gradient",
    STOPPED: "forward stops some gradients by detach() or no_grad()",
    FIRST_ORDER: "no second derivatives are promised",
    REUSED: "what a call returns is written again by the next one: the caller keeps a copy",
}
