"""The reference, but wrong as the first argument says, most when account 2 is in an action."""

import os
import sys
from typing import Any

from hanging import hang

from ibperp_conformance.protocol.server import CAPABILITIES, Server, main_server
from ibperp_conformance.runner.capabilities import NEEDED

LACKED = sys.argv[1].removeprefix("no-").replace("-", "_") if len(sys.argv) > 1 else ""


class Wrong(Server):
    def reply(self, request: object, *, nested: bool = False) -> dict[str, Any]:
        if _kind(request) in NEEDED.get(LACKED, ()):
            os._exit(9)
        if sys.argv[1] == "never-cancels" and _kind(request) == "cancel_order":
            return {"id": request["id"], "accepted": {"events": []}}  # type: ignore[index]
        return self._spoilt(request, super().reply(request, nested=nested))

    def _spoilt(self, request: object, reply: dict[str, Any]) -> dict[str, Any]:
        if "capabilities" in reply.get("ok", {}):
            reply["ok"]["capabilities"] = _claimed()
        observed = reply.get("observation", {})
        if sys.argv[1].startswith("set:"):
            _set(observed, *sys.argv[1].removeprefix("set:").split("="))
        match sys.argv[1]:
            case "no-portfolio":
                for account in observed.get("accounts", {}).values():
                    account["portfolio"] = {"equity": "no idea"}
            case "no-settlement" if observed:
                observed["settlement_time"] = "no idea"
            case "nothing-reserved":
                for account in observed.get("accounts", {}).values():
                    account["reserved"] = {}
            case "hides-bids" | "keeps-bids":
                for market in observed.get("markets", {}).values():
                    market["bids"] = ["0"] if sys.argv[1] == "keeps-bids" else []
            case "hides-asks":
                for market in observed.get("markets", {}).values():
                    del market["asks"]
            case "hides-markets":
                observed.pop("markets", None)
            case _:
                pass
        if not isinstance(request, dict) or request.get("action", {}).get("account") != "2":
            return reply
        match sys.argv[1]:
            case "crash":
                sys.stderr.write("index out of range\n")
                os._exit(9)
            case "hang":
                hang()
            case "garbage":
                return {"id": reply["id"], "maybe": {}}
            case "errored":
                return {"id": reply["id"], "errored": {"message": "not <b>today</b>\0\x1b"}}
            case "unsupported":
                return {"id": reply["id"], "unsupported": {"capability": "custody"}}
            case "reject":
                return {"id": reply["id"], "rejected": {"code": "account_exists"}}
            case _:
                pass
        return reply


def _claimed() -> list[str]:
    if sys.argv[1] == "unsupported":
        return []
    return [name for name in CAPABILITIES if name != LACKED]


def _set(observed: dict[str, Any], path: str, value: str) -> None:
    """Report another value of a leaf, as soon as it is there."""
    *names, last = path.split("/")
    place: Any = observed
    for name in names:
        place = place.get(name, {})
    if last in place:
        place[last] = value


def _kind(request: object) -> str:
    return str(request.get("action", {}).get("type")) if isinstance(request, dict) else ""


if __name__ == "__main__":
    main_server(Wrong())
