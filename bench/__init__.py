"""The engine against its peers, like with like; ``python -m bench`` is its one command."""
