"""What goes to meetings: pages, pictures and offline web maps."""
