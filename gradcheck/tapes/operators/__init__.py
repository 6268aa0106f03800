"""Groups of operators a tape's Tensor may have, one file each."""
