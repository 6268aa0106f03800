"""Rules of `gradcheck scan`: one per file, each exporting `RULE`."""
