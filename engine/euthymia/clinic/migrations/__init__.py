"""Migrations of the clinic's store."""
