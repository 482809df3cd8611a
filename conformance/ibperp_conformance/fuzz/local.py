"""The reference, or a faulty copy of it, as an engine in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp_conformance.protocol.client import Reply
from ibperp_conformance.protocol.server import CAPABILITIES, Server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibperp_conformance.fuzz.ask import Request


class LocalEngine:
    """Answers like a served engine, without a process and without text in between."""

    def __init__(self, served: Server | None = None) -> None:
        """Stand for `served`, by default the reference."""
        self.capabilities = frozenset(CAPABILITIES)
        self._served = served or Server()

    def batch(self, requests: Sequence[Request]) -> list[Reply]:
        """Return a reply to each request."""
        replies = []
        for number, (operation, fields) in enumerate(requests):
            answer = self._served.reply({"id": number, "op": operation, **fields})
            ((kind, body),) = ((name, value) for name, value in answer.items() if name != "id")
            replies.append(Reply(kind, body))
        return replies
