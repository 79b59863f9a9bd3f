"""What the office does: each use case fetches, lets the domain decide, and acts. The portal, the command line and the
flows all come in here."""
