"""The programme without its orchestrator."""
