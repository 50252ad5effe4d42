"""Engines answer SPARQL: embedded (Oxigraph) and remote (SPARQL 1.1 protocol)."""
