"""Flink SQL as data: nothing here runs a query."""
