"""Engines answer SPARQL: embedded (Oxigraph), reference (rdflib), remote (SPARQL 1.1 protocol)."""
