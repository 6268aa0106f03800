"""The report as one page that opens without a network."""
