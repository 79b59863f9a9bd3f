"""What each kind of event does to the tables, a module a matter; ``kbo_core.store.fold`` knows them all."""
