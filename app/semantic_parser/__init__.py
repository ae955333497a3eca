"""Question to Flink SQL without a model."""
