"""What names say of a class and of its arguments, and the sizes that are given to what they name."""
