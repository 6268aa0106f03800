"""One named update rule per file, with the forms in which it is right and the ways in which it is got wrong."""
