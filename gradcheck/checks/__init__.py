"""Properties of a right layer, one file each, each exporting CHECK."""
