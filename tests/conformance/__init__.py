"""The W3C's test suites, run through this project's own functions.

The suites lie outside of the repository: ``ARUNTIME_TESTDATA`` names the folder that holds ``w3c``,
else it is looked for beside the checkout. Each module here reads the manifests of one kind of suite
and yields an :class:`~tests.conformance.outcome.Outcome` for each test. What fails or is skipped is
named in ``expected.toml`` with its reason; ``tests/test_conformance.py`` compares, and
``python -m tests.conformance`` writes ``docs/conformance.md``.
"""
