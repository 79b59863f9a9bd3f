"""One step each: tasks fetch, call the core and act. Rows are never passed between them, only keys."""
