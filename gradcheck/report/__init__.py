"""Results made into words."""
