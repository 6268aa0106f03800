"""Matching a layer with its torch counterpart: names, parameters, layouts, settings, agreement."""
