"""What moderation shows to readers and authors."""
