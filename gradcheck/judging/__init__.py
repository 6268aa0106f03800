"""How one gradient is judged, given an oracle: probe, locate, ask again, tell conventions from errors."""
