"""What the mouse does on the map: generators over plain events, without Qt."""
