"""Engines run a checked query. `base` says what an engine is; the adapters are chosen by `wiring`."""
