"""What others load, browse and cite: the ontology, the vocabularies, the rules and the dataset as
files.

:mod:`aruntime.publication.publish` writes all of them into a folder. What they say about
themselves stands in ``ontology/publication`` as Turtle and SPARQL.
"""
