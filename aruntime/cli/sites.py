"""What ``aruntime site`` and ``aruntime publish`` run; loaded when it is used, see
:func:`aruntime.cli.load`."""

from __future__ import annotations

from aruntime.site.publish import publish_site as publish_site
from aruntime.site.site import build_site as build_site
