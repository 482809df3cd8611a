"""The reference, but wrong as the first argument says when account 2 is created."""

import json
import os
import sys
import time
from typing import Any

from ibperp_conformance.engine import Engine


class Wrong(Engine):
    def reply(self, request: object, *, nested: bool = False) -> dict[str, Any]:
        reply = super().reply(request, nested=nested)
        if "ok" in reply and "capabilities" in reply["ok"] and sys.argv[1] == "unsupported":
            reply["ok"]["capabilities"] = []
        if not isinstance(request, dict) or request.get("action", {}).get("account") != "2":
            return reply
        match sys.argv[1]:
            case "crash":
                sys.stderr.write("index out of range\n")
                os._exit(9)
            case "hang":
                time.sleep(60)
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


def main() -> None:
    engine = Wrong()
    for line in sys.stdin:
        reply = engine.reply(json.loads(line))
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
