"""Evidence: pin a passage, check it again, and see what a newer revision did to it."""
