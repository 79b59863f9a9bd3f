"""When things happen: short, idempotent turns. Each reads as a sentence; the logic is elsewhere.

The flows are asynchronous because the engine ends a synchronous one by waiting for its heartbeat. Their tasks are not:
they run one after the other, so that a turn is one hand at work.
"""
