"""One module per subject; each function marked `@subject` yields figures."""
