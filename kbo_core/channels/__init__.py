"""How people are reached. A channel carries bytes; what to say and when is decided elsewhere."""
