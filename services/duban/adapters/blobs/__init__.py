"""Originals in a folder, or in any filesystem that fsspec knows (S3 and the like)."""
