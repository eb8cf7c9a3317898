"""Other people's files in and out: sniff, preview, map the columns, read the rows; export."""
