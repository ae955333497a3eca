"""What Tributary remembers between questions."""
