"""Python source, read without importing it: which classes are layers, and where."""
