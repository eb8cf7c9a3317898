"""Windows, docks, dialogs and start-up."""
