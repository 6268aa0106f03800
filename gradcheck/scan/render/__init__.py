"""The formats findings are written in: one file each, exporting `FORMAT`."""
