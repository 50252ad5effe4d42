"""A repository of an organisation's own claims, ready to be judged beside the shipped graph."""
