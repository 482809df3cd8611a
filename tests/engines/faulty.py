"""An engine whose transport is faulty in the way its first argument names."""

import json
import os
import subprocess
import sys
from typing import Any

from hanging import hang

HELLO = {"protocol": "1", "name": "faulty", "version": "0", "capabilities": []}


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"ok": HELLO if request["op"] == "hello" else {}}
    if request["op"] == "batch":
        body = {"replies": [answer(one) for one in request["requests"]]}
    if request["op"] == "apply":
        body = {"accepted": {"events": []}}
    if request["op"] == "observe":
        body = {"observation": {}}
    return {"id": request["id"], **body}


def later(fault: str, reply: dict[str, Any]) -> str:
    """Return what is printed instead of a reply after hello, or do what is done."""
    text = json.dumps(reply)
    match fault:
        case "exits-later":
            sys.stderr.write("out of memory in the \x1b[31mred\x1b[0m room\n")
            sys.exit(7)
        case "killed":
            os.kill(os.getpid(), 9)
        case "endless-lines":
            while True:
                say(f"{text}\n" * 1000)
        case "hangs-later":
            hang()
        case "half-line":
            say(text[:9])
            sys.exit(0)
        case "half-line-hangs":
            say(text[:9])
            hang()
        case "closes-output":
            os.close(1)
            hang()
        case "wrong-id":
            return json.dumps({**reply, "id": reply["id"] + 1})
        case "out-of-order":
            replies = reply.get("replies", [])
            return json.dumps({**reply, "replies": replies[::-1]})
        case "id-as-text":
            return json.dumps({**reply, "id": str(reply["id"])})
        case "two-kinds":
            return json.dumps({**reply, "errored": {"message": "no"}})
        case "prints":
            return f'{{"level":"debug","note":"working"}}\n{text}'
        case "a-list":
            return json.dumps([reply])
        case "nan":
            return '{"id":NaN}'
        case "twice":
            return '{"id":1,"id":2,"ok":{}}'
        case "deep":
            return "[" * 200_000
        case "not-utf8":
            sys.stdout.buffer.write(b"\xff\xfe\n")
            return ""
        case "no-reply-in-batch":
            return json.dumps({**reply, "replies": []})
        case _:
            pass
    return text


def main(fault: str) -> None:
    match fault:
        case "exits":
            sys.exit("no licence")
        case "hangs":
            hang()
        case "garbage":
            say("Engine 1.0 ready\n")
        case "floods-stderr":
            sys.stderr.write("noise\n" * 500_000)
        case "child":
            child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
            sys.stderr.write(f"{child.pid}\n")
            sys.stderr.flush()
        case "endless-line":
            while True:
                say("x" * 1_000_000)
        case _:
            pass
    for line in sys.stdin:
        try:
            request = json.loads(line)
        except ValueError:
            sys.exit("what was that?")
        reply = answer(request)
        say((json.dumps(reply) if request["op"] == "hello" else later(fault, reply)) + "\n")
        if fault == "floods-stderr":
            sys.stderr.write("noise\n" * 100_000)


if __name__ == "__main__":
    main(sys.argv[1])
