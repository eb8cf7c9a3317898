"""Reference layers: what lies in other people's maps, and where it lies in the county's coordinates."""
