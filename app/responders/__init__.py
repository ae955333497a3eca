"""Responders write the answer's text from evidence that they gather through two tools."""
