"""A minimal engine adapter: it opens accounts, and says of everything else that it cannot."""

import json
import sys

RATIO = 10**18
CAPABILITIES = []  # claim "custody" when all of its actions work, then "money_market"
MONEY_MARKET = {"lend", "redeem", "borrow", "repay", "set_pool_parameters"}


def new_account(user):
    settings = {
        "auto_lend": False,
        "auto_repay_borrows": False,
        "leverage_limit": str(10 * RATIO),
    }
    return {"user": str(user), "free": {}, "shares": {}, "settings": settings}


class Engine:
    """Replace the body of `apply` and `observe` by calls into your own engine."""

    def __init__(self):
        self.accounts = None

    def hello(self, request):
        return {
            "ok": {
                "protocol": "1",
                "name": "minimal adapter",
                "version": "0.1",
                "capabilities": CAPABILITIES,
            }
        }

    def reset(self, request):
        self.system = request["system"]  # forget everything; the fees and insurance accounts
        self.accounts = [new_account(0), new_account(0)]  # exist from the start (CU-3)
        return {"ok": {}}

    def apply(self, request):
        action = request["action"]
        if action["type"] == "create_account":
            return self.create_account(int(action["account"]), int(action["user"]))
        capability = "money_market" if action["type"] in MONEY_MARKET else "custody"
        return {"unsupported": {"capability": capability}}

    def create_account(self, account, user):
        violated = []  # in the order of precedence (NT-9)
        if user < 1:
            violated.append("user_invalid")
        if account > len(self.accounts):
            violated.append("account_unknown")
        if account < len(self.accounts):
            violated.append("account_exists")
        if violated:  # nothing has been written yet: a rejection leaves the state as it was
            return {"rejected": {"code": violated[0], "violated": violated}}
        self.accounts.append(new_account(user))
        return {"accepted": {"events": []}}

    def observe(self, request):
        accounts = {str(index): account for index, account in enumerate(self.accounts)}
        observation = {"time": "0", "chains": {}, "assets": {}, "accounts": accounts}
        return {"observation": {**observation, "withdrawals": {}, "rebalances": {}}}

    def batch(self, request):
        return {"replies": [self.reply(one) for one in request["requests"]]}

    def bye(self, request):
        return {"ok": {}}

    def reply(self, request):
        operations = (self.hello, self.reset, self.apply, self.observe, self.batch, self.bye)
        try:
            answer = {each.__name__: each for each in operations}[request["op"]](request)
        except Exception as error:  # an engine answers, whatever happened inside
            answer = {"errored": {"message": repr(error)}}
        return {"id": request.get("id"), **answer}


def main():
    engine = Engine()
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            request = dict(json.loads(line))
        except (TypeError, ValueError):
            request = {"op": "not a request", "id": None}
        print(json.dumps(engine.reply(request), separators=(",", ":")), flush=True)
        if request.get("op") == "bye":
            break


if __name__ == "__main__":
    main()
