"""Properties that hold for every patient and every rulebook, tried on generated ones."""
