"""A layer driven across several calls, and its answers compared with those of a layer called once."""
