"""The search for a configuration on which a layer that is right as it was built is wrong."""
