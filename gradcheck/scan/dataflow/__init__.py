"""Where raw values go: sources, operations, sinks."""
