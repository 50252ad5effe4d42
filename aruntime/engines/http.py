"""Requests over HTTP, with credentials from the environment and one clear error for whatever goes
wrong."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

from aruntime.errors import EndpointError, TimeLimitError, UsageError

USER: Final = "ARUNTIME_USER"
"""Environment variable: who asks. Unlike an argument, it is not shown to everybody on the
machine."""
PASSWORD: Final = "ARUNTIME_PASSWORD"
"""Environment variable: that user's password."""


class Answer(NamedTuple):
    """What a server sent: status, body, and headers by name in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Server:
    """What answers at an address.

    Raises:
        UsageError: the address is no http or https URL, or holds a password.
    """

    def __init__(self, address: str) -> None:
        if not address.startswith(("http://", "https://")):
            raise UsageError(f"{address!r} is no http or https address")
        if "@" in address.split("/")[2]:
            raise UsageError(
                f"an address holds no user or password; set {USER} and {PASSWORD} instead"
            )
        self.address = address

    def send(
        self,
        method: str,
        target: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        timeout: float,
        limit: int,
    ) -> Answer:
        """The answer to one request.

        Args:
            target: the address, with what this request adds to it.
            timeout: seconds the server may stay silent.
            limit: largest answer, in bytes.

        Raises:
            EndpointError: the server cannot be reached, refuses, or answers with more.
            TimeLimitError: it stays silent.
        """
        import http.client
        import urllib.error
        import urllib.request

        try:
            request = urllib.request.Request(
                target, data=body, method=method, headers={"User-Agent": "aruntime", **headers}
            )
            with self._opener.open(request, timeout=timeout) as found:
                answer = Answer(
                    found.status,
                    found.read(limit + 1),
                    {name.lower(): value for name, value in found.headers.items()},
                )
        except urllib.error.HTTPError as error:
            said = error.read(300) if error.fp else b""
            # What urllib's own handlers raise, a login that failed twice, comes with an empty text
            # instead of bytes.
            detail = (
                (said.decode("utf-8", "replace") if isinstance(said, bytes) else "")
                .strip()
                .splitlines()
            )
            error.close()
            raise EndpointError(
                f"{self.address} answered {error.code} to {method}: {detail[0] if detail else error.reason}"
            ) from None
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                raise TimeLimitError(
                    f"{self.address} did not answer within {timeout:.0f} s"
                ) from None
            raise EndpointError(f"{self.address} cannot be reached: {reason}") from None
        except ValueError as error:
            raise EndpointError(f"{self.address} cannot be asked: {error}") from None
        if len(answer.body) > limit:
            raise EndpointError(
                f"{self.address} answered with more than {limit} bytes; narrow the question"
            )
        return answer

    @cached_property
    def _opener(self) -> Any:
        """urllib's opener, which follows the server's first challenge and answers the later ones
        before they are made.

        A server may refuse a request without reading what comes with it, which breaks the
        connection under a large body.
        """
        import urllib.request

        user = os.environ.get(USER)
        if user is None:
            return urllib.request.build_opener()

        class Digest(urllib.request.HTTPDigestAuthHandler):
            challenge: dict[str, str] | None = None

            def retry_http_digest_auth(self, req: urllib.request.Request, auth: str) -> Any:
                self.challenge = urllib.request.parse_keqv_list(
                    urllib.request.parse_http_list(auth.partition(" ")[2])
                )
                return super().retry_http_digest_auth(req, auth)

            def http_request(self, req: urllib.request.Request) -> urllib.request.Request:
                if (
                    self.challenge
                    and not req.has_header(self.auth_header)
                    and (proof := self.get_authorization(req, self.challenge))
                ):
                    req.add_unredirected_header(self.auth_header, f"Digest {proof}")
                return req

            https_request = http_request

        known = urllib.request.HTTPPasswordMgrWithPriorAuth()
        known.add_password(None, self.address, user, os.environ.get(PASSWORD, ""))
        return urllib.request.build_opener(
            Digest(known), urllib.request.HTTPBasicAuthHandler(known)
        )
