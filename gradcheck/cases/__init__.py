"""Building a layer, its inputs and the case that checks them."""
