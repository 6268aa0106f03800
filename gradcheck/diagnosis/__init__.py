"""One explanation of a wrong gradient per file: each exports HYPOTHESIS_OF_ERROR."""
