"""A run on disk: what is asked, how it is carried out, kept, and found again."""
