"""Forms as other programs write them."""
