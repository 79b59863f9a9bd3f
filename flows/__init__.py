"""When things happen: short, idempotent turns. Each reads as a sentence; the logic is elsewhere."""
