"""One opened county: its state, its history, the one door for every change, and the port to storage."""
