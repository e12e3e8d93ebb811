"""One small function for each thing a site may hold against a comment, or for it.

Doors are asked first and raise Refusal; rules give a verdict or have no opinion.
"""
