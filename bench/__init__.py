"""Measures what the project promises about speed; ``python bench/run.py`` is its one command."""
