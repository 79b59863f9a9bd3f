"""Letters of the tests' own making, and what is read from them."""
