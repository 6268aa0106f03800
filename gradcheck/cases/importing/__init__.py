"""A stranger's file imported as its author did, rehearsed in a child process first, and the process left as it was."""
