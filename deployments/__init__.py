"""How it is run: the command line, the server, the schedules."""
