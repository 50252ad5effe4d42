"""Validation: node-local rules are SHACL shapes, cross-claim rules are queries, rules on files are
functions."""
