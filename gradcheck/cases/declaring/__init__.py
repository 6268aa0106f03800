"""What a person declares in configuration or in code, and the lines that say what could be declared."""
