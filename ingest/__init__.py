"""Brings documents and sample streams in. Knows no model and imports nothing from `app`."""
