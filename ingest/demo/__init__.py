"""The sample shop: its documents, its table definitions and the generator of its streams."""
