"""Four stories as people live them, on screen from the first page to the last."""
