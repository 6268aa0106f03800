"""Constructor arguments and inputs that nobody gave: drawn from what is known, the most likely first."""
