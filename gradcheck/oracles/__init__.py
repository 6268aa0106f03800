"""Independent sources of derivatives, one file each, each exporting ORACLE."""
