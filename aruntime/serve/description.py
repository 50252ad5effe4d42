"""What the endpoint says of itself: a SPARQL 1.1 service description
(https://www.w3.org/TR/sparql11-service-description/) that is a DCAT data service too."""

from __future__ import annotations

from typing import Final

from pyoxigraph import Quad, RdfFormat, Triple, parse

_SERVICE: Final = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix format: <http://www.w3.org/ns/formats/> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix void: <http://rdfs.org/ns/void#> .

<> a sd:Service, dcat:DataService ;
    dcterms:title "SPARQL 1.1 endpoint of aruntime"@en ;
    dcterms:description "Queries without SERVICE and FROM; the default graph holds everything."@en ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    dcat:endpointURL <> ;
    dcat:servesDataset <https://w3id.org/aruntime/dataset> ;
    sd:endpoint <> ;
    sd:supportedLanguage sd:SPARQL11Query ;
    sd:resultFormat format:SPARQL_Results_JSON, format:SPARQL_Results_XML,
        format:SPARQL_Results_CSV, format:SPARQL_Results_TSV,
        format:Turtle, format:JSON-LD, format:RDF_XML, format:N-Triples ;
    sd:feature sd:UnionDefaultGraph, sd:EmptyGraphs ;
    sd:defaultEntailmentRegime <http://www.w3.org/ns/entailment/Simple> ;
    sd:defaultDataset <https://w3id.org/aruntime/dataset> .

<https://w3id.org/aruntime/dataset> a sd:Dataset ;
    void:sparqlEndpoint <> .
"""


def service(endpoint: str) -> list[Triple]:
    """The description of the endpoint at that URL.

    Raises:
        ValueError: it is no absolute IRI.
    """
    found: list[Quad] = list(parse(_SERVICE, format=RdfFormat.TURTLE, base_iri=endpoint))
    return [quad.triple for quad in found]
