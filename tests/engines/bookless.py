"""The reference as an engine without a book: trades arrive as fills, orders are not supported.

With an argument it takes the fees of a fill for zero.
"""

import sys
from typing import Any

from ibperp_conformance.protocol.server import CAPABILITIES, Server, main_server
from ibperp_conformance.runner.capabilities import ORDER_ACTIONS


class Bookless(Server):
    def _apply(self, data: Any) -> dict[str, Any]:
        if data["type"] in ORDER_ACTIONS:
            return {"unsupported": {"capability": "spot_margin"}}
        if data["type"] == "fill" and sys.argv[1:]:
            data = {**data, "maker_fee": "0", "taker_fee": "0"}
        return super()._apply(data)

    def _hello(self, protocol: object) -> dict[str, Any]:
        reply = super()._hello(protocol)
        reply["ok"]["capabilities"] = [name for name in CAPABILITIES if name != "spot_margin"]
        return reply

    def reply(self, request: object, *, nested: bool = False) -> dict[str, Any]:
        reply = super().reply(request, nested=nested)
        observed = reply.get("observation", {})
        observed.pop("orders", None)
        for account in observed.get("accounts", {}).values():
            del account["reserved"]
        for market in observed.get("markets", {}).values():
            del market["bids"], market["asks"]
        return reply


if __name__ == "__main__":
    main_server(Bookless(name="no book"))
