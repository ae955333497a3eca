"""The chat page: rendering only, everything it shows comes from the assistant."""
