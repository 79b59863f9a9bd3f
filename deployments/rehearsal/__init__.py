"""``kbo cycle rehearse``: a whole cycle on a simulated clock, its districts scripted or drawn by chance from a seed."""
