"""A filter that learns from what a site's own moderators call spam. Nothing leaves the machine."""
