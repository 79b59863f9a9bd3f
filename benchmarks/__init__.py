"""``make bench``: what the project costs beside other ways of doing the same, measured in one run on this machine."""
