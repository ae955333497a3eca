"""Engines run a checked query. `base` says what one is; `wiring` chooses the adapter."""
