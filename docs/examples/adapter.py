"""A minimal adapter: it opens accounts, moves the clock, and says of the rest that it cannot."""

import json
import sys

RATIO = 10**18
CAPABILITIES = ["custody"]  # add the others as their actions work, and "events" last
MISSING = {
    "money_market": {
        "lend",
        "redeem",
        "borrow",
        "repay",
        "set_account_settings",
        "set_pool_parameters",
    },
    "spot_margin": {
        "list_market",
        "set_market_parameters",
        "set_market_reference",
        "place_order",
        "cancel_order",
        "cancel_all_orders",
        "amend_order",
        "convert_dust",
    },
    "perpetuals": {
        "list_perpetual",
        "set_perpetual_parameters",
        "update_mark",
        "apply_funding",
        "settle_market",
    },
    "settlement": {"settle"},
    "liquidation": {
        "convert_collateral",
        "liquidate",
        "resolve_bankruptcy",
        "run_risk",
        "fund_insurance",
    },
    "programs": {
        "register_backstop",
        "request_quote",
        "submit_quote",
        "withdraw_quote",
        "accept_quote",
        "refresh_request",
        "cancel_request",
    },
    "fills": {"fill"},
    "governance": {"set_system_parameters", "set_asset_parameters", "halt", "resume"},
}


def new_account(user):
    settings = {
        "auto_lend": False,
        "auto_repay_borrows": False,
        "auto_borrow_settlements": False,
        "auto_realize": True,
        "leverage_limit": str(10 * RATIO),
    }
    return {"user": str(user), "free": {}, "shares": {}, "settings": settings}


class Engine:
    """Replace the body of `apply` and `observe` by calls into your own engine."""

    def __init__(self):
        self.time = None
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
        self.time = 0
        return {"ok": {}}

    def apply(self, request):
        action = request["action"]
        if action["type"] == "create_account":
            return self.create_account(int(action["account"]), int(action["user"]))
        if action["type"] == "advance_time":
            return self.advance_time(int(action["time"]))
        missing = [name for name, actions in MISSING.items() if action["type"] in actions]
        return {"unsupported": {"capability": missing[0] if missing else "custody"}}

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

    def advance_time(self, time):
        if time <= self.time:  # interest, once there are pools, is due here (MM-6)
            return {"rejected": {"code": "time_not_later", "violated": ["time_not_later"]}}
        self.time = time
        return {"accepted": {"events": []}}

    def observe(self, request):
        accounts = {str(index): account for index, account in enumerate(self.accounts)}
        observation = {"time": str(self.time), "chains": {}, "assets": {}, "accounts": accounts}
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
