"""Measures how well chunking and ranking find what answers a question; see README.md."""
