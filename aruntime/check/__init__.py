"""What a deployment leaves open: detected, composed, and held to a policy.

:mod:`.policy` reads ``aruntime.toml``, :mod:`.findings` turns verdicts and contradictions into
findings at lines, :mod:`.suppression` takes out what is accepted, and :mod:`.check` joins them.
"""
