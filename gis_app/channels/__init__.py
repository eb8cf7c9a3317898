"""Ways out of the program for what bodies are told: a message server, a file, or none."""
