"""Pure functions on arrays: stencils, steps, noise, sampling, kinks, tolerances, comparison, location."""
