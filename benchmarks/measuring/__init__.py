"""What the benchmarks share; the benchmarks themselves are the scripts one folder up."""
