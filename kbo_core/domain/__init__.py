"""What the programme decides: pure values and functions, no I/O, no clock, no framework."""
