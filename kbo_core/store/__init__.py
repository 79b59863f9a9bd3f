"""What is remembered: tables, migrations and the event log; the one door to SQLAlchemy."""
