"""Theorems that the two sides of a posting differ, wherever both are accounts (CU-1).

An account of the system neither trades nor is liquidated, so that it is no party of what it gets.
"""

from ibperp.actions import (
    ConvertCollateral,
    ConvertDust,
    FundInsurance,
    PlaceOrder,
    RequestQuote,
    SubmitQuote,
    Transfer,
)
from ibperp.events import Event, Posting
from ibperp.margin import Health
from ibperp.operations.custody import accounts
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import backstop, bankruptcy, conversion, deleveraging, ladder
from ibperp.operations.programs import quotes
from ibperp.operations.spot_margin import orders, spot_trade
from ibperp.operations.spot_margin.spot_trade import Party
from ibperp.ordered import Ordered
from ibperp.orders import OrderKind, SelfTradePrevention, TimeInForce
from ibperp.outcomes import Rejected
from ibperp.persistent import Vector
from ibperp.posting import free
from ibperp.programs import Backstop
from ibperp.ranking import Rankings
from ibperp.records import replace
from ibperp.risk import Exposure, Failing, owing_accounts
from ibperp.state import INSURANCE, Account, Pool, Reference, State
from ibperp_invariants.proofs.states import (
    FLAGS,
    asset_of,
    market_of,
    request_of,
    side_of,
    spot_of,
    state_of,
)
from ibperp_invariants.proofs.theorems.custody.flows import replaced
from ibperp_invariants.proofs.theorems.money_market.moves import sound

FAILED, OTHER, ANOTHER = 2, 3, 4


def shared(
    effect: Effect, failing: Failing, exposure: Exposure, providers: list[Backstop]
) -> tuple[Effect, list[Backstop]]:
    """Mark each provider that is chosen: an atom is unsettled of its account."""
    del failing, exposure
    for provider in providers:
        account = effect.state.accounts[provider.account]
        told = replace(account, unsettled=1)
        effect = effect.noted(replaced(effect.state, provider.account, told))
    return effect, providers


CONTRACTS = {
    "ibperp.operations.liquidation.backstop._shared": shared,
    "ibperp.posting.with_account": replaced,
}
"""What is called: theorems look at which providers are chosen, and not at what they take."""


def house(cash: int = 10) -> State:
    """Return a state with a market, the accounts of the system, and others with a balance."""
    assets = tuple(replace(asset_of(price=1), symbol=name) for name in ("A", "B"))
    users, limits = (0, 0, 1, 1, 2), replace(market_of(taker_fee=0), minimum_lots=20)
    state = state_of(assets, tuple(Account(user, (cash, cash)) for user in users), limits)
    market = replace(spot_of(state), reference=Reference(index_price=1))
    return replace(state, markets=(market,))


def t_nobody_transfers_to_itself(account: int, amount: int) -> None:
    """A transfer from an account to itself is refused (CU-10)."""
    assert all((account >= 0, account <= ANOTHER, amount > 0))
    outcome = accounts.transfer(house(), Transfer(int(account), int(account), "A", amount))
    assert isinstance(outcome, Rejected)


def t_an_account_of_the_system_places_no_order(
    account: int, lots: int, price: int, *, is_bid: bool
) -> None:
    """The accounts of fees and of the insurance place no order (CU-3, SM-4)."""
    assert all((account >= 0, account <= INSURANCE, lots > 0, price > 0))
    ways = OrderKind.LIMIT, lots, price, TimeInForce.GTC, False, False
    side, prevention = side_of(is_bid=is_bid), SelfTradePrevention.REJECT_MAKER
    action = PlaceOrder(int(account), "B_Q", side, *ways, prevention, FLAGS)
    assert isinstance(orders.place_order(house(100), action), Rejected)


def t_an_account_of_the_system_sells_no_dust(account: int) -> None:
    """The account of fees, which buys dust, sells none (CU-3, SM-12)."""
    assert all((account >= 0, account <= INSURANCE))
    outcome = orders.convert_dust(house(), ConvertDust(int(account), "B_Q"))
    assert isinstance(outcome, Rejected)


def t_an_account_of_the_system_gives_the_insurance_nothing(account: int, amount: int) -> None:
    """The insurance is not funded from itself, nor from fees (CU-3, LQ-8)."""
    assert all((account >= 0, account <= INSURANCE, amount > 0))
    outcome = bankruptcy.fund_insurance(house(), FundInsurance(int(account), "A", amount))
    assert isinstance(outcome, Rejected)


def t_an_account_of_the_system_requests_no_quotes(
    account: int, lots: int, price: int, *, is_bid: bool
) -> None:
    """The accounts of fees and of the insurance request no trade off the book (CU-3, PG-2)."""
    assert all((account >= 0, account <= INSURANCE, lots > 0, price > 0))
    terms = side_of(is_bid=is_bid), lots, price, 0, False, 1, FLAGS
    asked = quotes.request_quote(house(), RequestQuote(int(account), "B_Q", *terms))
    assert isinstance(asked, Rejected)


def t_an_account_of_the_system_quotes_nothing(
    account: int, lots: int, price: int, expires: int, *, is_bid: bool
) -> None:
    """The accounts of fees and of the insurance offer no trade off the book (CU-3, PG-3)."""
    assert all((account >= 0, account <= INSURANCE, lots > 0, price > 0))
    request = request_of(ANOTHER, side_of(is_bid=is_bid), lots, expires)
    state = replace(house(100), requests=Vector((request,)))
    quoted = quotes.submit_quote(state, SubmitQuote(int(account), 0, price, FLAGS))
    assert isinstance(quoted, Rejected)


def t_an_account_of_the_system_is_never_liquidated(account: int, owed: int) -> None:
    """No step is for the accounts of fees and of the insurance, whatever they owe (LQ-1, LQ-10)."""
    assert all((account >= 0, account <= INSURANCE, owed > 0))
    state = house()
    for place in (0, INSURANCE):
        state = replaced(state, place, Account(0, unsettled=-owed))
    state = replace(state, active=Ordered(((0,), (INSURANCE,))))
    sold = conversion.convert_collateral(state, ConvertCollateral(int(account)))
    refused = ladder.liquidation_rejection(state, int(account))
    idle = bankruptcy.worked_account(state, int(account), Rankings()) is None
    assert all((isinstance(sold, Rejected), refused is not None, idle, owing_accounts(state) == ()))


def differs(events: tuple[Event, ...]) -> bool:
    """Tell whether no posting is from a balance to itself."""
    return all(own.debit != own.credit for own in events if isinstance(own, Posting))


def t_the_legs_of_a_trade_are_between_its_parties(
    base: int, paid: int, maker_fee: int, taker_fee: int, *, is_bid: bool
) -> None:
    """Two parties that differ, neither of them that of fees, pay nothing to themselves (SM-9)."""
    assert all((base >= 0, paid >= 0, taker_fee >= 0, maker_fee + taker_fee >= 0))
    assert all((maker_fee <= paid, taker_fee <= paid))
    state = house(base + 2 * paid)
    side = side_of(is_bid=is_bid)
    buyer, seller = (0, paid, 1, base), (1, base, 0, paid)
    legs = (buyer, seller) if is_bid else (seller, buyer)
    maker = Party(FAILED, side, FLAGS, *legs[0], maker_fee)
    taker = Party(ANOTHER, side_of(is_bid=not is_bid), FLAGS, *legs[1], taker_fee)
    done = spot_trade._exchanged(Effect(state), maker, taker)  # noqa: SLF001
    sides = {own.debit for own in done.events if isinstance(own, Posting)}
    assert all((differs(done.events), sides <= {free(0), free(FAILED), free(ANOTHER)}))


def t_a_lender_is_neither_debtor_nor_insurance(
    pool: Pool, first: int, second: int, third: int, debtor: int
) -> None:
    """Whose lend closes a debt is another than the debtor and the insurance (LQ-7, LQ-9)."""
    assert all((sound(pool), first >= 0, second >= 0, third >= 0, debtor > INSURANCE))
    assert debtor <= OTHER
    state = state_of(
        (asset_of(price=1, pool=pool),),
        (Account(0), *(Account(1, (), (shares,)) for shares in (first, second, third))),
    )
    found = deleveraging._lenders(state, int(debtor), 0)  # noqa: SLF001
    assert all(all((own != debtor, own != INSURANCE)) for own in found)


def t_a_provider_is_of_another_user(user: int, capacity: int, notional: int, equity: int) -> None:
    """Nobody takes over an exposure of an account of the same user, nor of itself (LQ-6)."""
    assert all((capacity > 0, notional > 0, equity > 0))
    owner = Account(user)
    state = state_of((asset_of(),), (Account(0), Account(0), owner, owner, Account(9)))
    offers = (Backstop(FAILED, capacity), Backstop(OTHER, capacity), Backstop(ANOTHER, capacity))
    account = Failing(FAILED, Health(equity, 0, 0, 1, 0, 0, 0), Rankings())
    begun = Effect(replace(state, backstops=offers))
    done = backstop.hand_to_backstop(begun, account, Exposure(0, 1, 0, notional))
    after = (done or begun).state.accounts
    assert all((after[FAILED] == owner, after[OTHER] == owner))
