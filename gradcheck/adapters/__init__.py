"""Layer conventions, one file each, each exporting ADAPTER."""
