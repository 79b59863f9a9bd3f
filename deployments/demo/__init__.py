"""A whole cycle in a minute: a synthetic province, scripted districts, the clock advanced through the real flows."""
