"""Torch's own layers, one per file, each exporting REFERENCE; torch is imported when one is asked."""
