"""People, rounds and records: everything that is remembered or exposed."""
