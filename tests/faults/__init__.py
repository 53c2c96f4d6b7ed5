"""Real processes on a real database, killed, delayed and doubled from outside."""
