"""The import assistant: file, columns, result."""
