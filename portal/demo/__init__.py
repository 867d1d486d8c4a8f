"""The demo: an invented agency, its partners and their cases, the same for the same seed."""
