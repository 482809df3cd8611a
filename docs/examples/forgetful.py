"""An engine with one fault: a settlement writes an account field by field, and forgets a field."""

from ibperp.operations.settlement import clearing
from ibperp.state import Account, put
from ibperp_conformance.protocol.server import main_server


def written(sheet, asset):
    before = sheet.account
    return Account(
        user=before.user,
        free=put(before.free, asset, sheet.free),
        shares=put(before.shares, asset, sheet.shares),
        settings=before.settings,
        reserved=before.reserved,
        orders=before.orders,
        unsettled=sheet.unsettled,
        positions=sheet.positions,
        prepaid=before.prepaid,
        prepaid_until=before.prepaid_until,
        unpaid=before.unpaid,
    )  # and the request that the system opened for its collateral?


if __name__ == "__main__":
    clearing.Sheet.written = written
    main_server()
