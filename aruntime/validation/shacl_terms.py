"""Terms of SHACL (https://www.w3.org/TR/shacl/): what a shape may say, so that a misspelled term,
which would check nothing, is an error.

Terms of the Working Group Notes on rules, functions and JavaScript are not among them: no engine
here applies these, and what is not applied must not pass as kept. Links from data to shapes
(``sh:shapesGraph``) are not followed, and a shapes graph that asks for an entailment regime is
refused.
"""

from __future__ import annotations

from typing import Final

_COMPONENTS: Final = (
    "And Class Closed Datatype Disjoint Equals HasValue In LanguageIn LessThan LessThanOrEquals "
    "MaxCount MaxExclusive MaxInclusive MaxLength MinCount MinExclusive MinInclusive MinLength Node "
    "NodeKind Not Or Pattern Property QualifiedMaxCount QualifiedMinCount SPARQL UniqueLang Xone"
)
_WORDS: Final = (
    # Shapes, where they look and what they are called
    "Shape NodeShape PropertyShape property targetClass targetNode targetObjectsOf targetSubjectsOf "
    "shapesGraph suggestedShapesGraph entailment path inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath deactivated message "
    "severity Severity Info Violation Warning name description defaultValue group order PropertyGroup "
    # Constraints
    "and class closed ignoredProperties datatype disjoint equals flags hasValue in languageIn "
    "lessThan lessThanOrEquals maxCount maxExclusive maxInclusive maxLength minCount minExclusive "
    "minInclusive minLength node nodeKind not or pattern qualifiedMaxCount qualifiedMinCount "
    "qualifiedValueShape qualifiedValueShapesDisjoint uniqueLang xone NodeKind BlankNode "
    "BlankNodeOrIRI BlankNodeOrLiteral IRI IRIOrLiteral Literal "
    # Constraints and constraint components in SPARQL
    "ask select sparql prefixes declare prefix namespace parameter labelTemplate optional validator "
    "nodeValidator propertyValidator PrefixDeclaration ConstraintComponent Parameter Parameterizable "
    "Validator SPARQLAskExecutable SPARQLAskValidator SPARQLConstraint SPARQLExecutable "
    "SPARQLSelectExecutable SPARQLSelectValidator "
    # Reports
    "ValidationReport ValidationResult AbstractResult conforms detail focusNode result resultMessage "
    "resultPath resultSeverity shapesGraphWellFormed sourceConstraint sourceConstraintComponent "
    "sourceShape value"
)
TERMS: Final = frozenset(
    (*_WORDS.split(), *(f"{name}ConstraintComponent" for name in _COMPONENTS.split()))
)
"""Local names of SHACL Core and SHACL-SPARQL."""
