"""``python -m tests.conformance > docs/conformance.md``"""

from __future__ import annotations

import sys

from tests.conformance.document import document, outcomes, present
from tests.conformance.outcome import W3C

if __name__ == "__main__":
    if not present():
        sys.exit(f"{W3C} is absent; ARUNTIME_TESTDATA names the folder that holds w3c")
    sys.stdout.write(document(outcomes()))
