"""One task per file, exported as TASK; a new file is found because it is there."""
