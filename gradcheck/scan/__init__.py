"""The static half: reads source and tells where a gradient is lost; imports and runs nothing of the user's."""
