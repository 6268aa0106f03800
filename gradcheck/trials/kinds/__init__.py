"""How trainings of one kind of framework are made into set-ups."""
