"""The speed and memory budgets, and what is measured here: `python -m benchmarks`."""
