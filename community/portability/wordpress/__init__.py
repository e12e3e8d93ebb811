"""What a WordPress export says, read without touching the database."""
