"""Tours in a browser."""
