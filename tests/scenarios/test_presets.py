from fractions import Fraction
from pathlib import Path

import pytest

from ibperp.actions import UpdateMark
from ibperp.margin import collateral_value
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.outcomes import Accepted
from ibperp.parameters import HaircutKind, HaircutParameters
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_conformance.presets.document import DocumentError, parse_document
from ibperp_conformance.presets.preset import Preset, load_preset, preset_names, preset_of
from ibperp_conformance.presets.units import (
    UnitError,
    format_units,
    integer_of,
    parse_decimal,
    ratio_of,
    seconds_of,
    truncated,
)
from ibperp_conformance.spec_files import spec_path

TINY = (spec_path() / "presets" / "tiny.yaml").read_text(encoding="utf-8")


def problems(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        preset_of(parse_document(text, "mine.yaml"), "mine")
    return [str(problem) for problem in caught.value.problems]


def changed(**values: str) -> str:
    text = TINY
    for name, value in values.items():
        old = next(line for line in text.splitlines() if line.strip().startswith(f"{name}:"))
        text = text.replace(old, f"{old.partition(':')[0]}: {value}", 1)
    return text


def perpetual(**values: str) -> str:
    head, name, market = TINY.partition("  ETH_USDC_PERP:\n")
    for field, value in values.items():
        old = next(line for line in market.splitlines() if line.strip().startswith(f"{field}:"))
        market = market.replace(old, f"    {field}: {value}", 1)
    return head + name + market


@pytest.mark.parametrize("name", ["launch", "tiny"])
def test_preset__is_accepted_by_the_specification(name: str) -> None:
    preset = load_preset(name)
    state = genesis(preset.system)
    for action in preset.actions:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted), action
        state = outcome.state


def test_presets__are_those_of_the_specification() -> None:
    assert preset_names() == ("launch", "tiny")


def test_tiny__is_what_the_file_says() -> None:
    preset = load_preset("tiny")
    usdc, eth = preset.listings
    assert preset.system.quote_unit == 100
    assert (usdc.price, usdc.parameters.tokens[1].native_unit) == (100, 10)
    assert (eth.price, eth.parameters.lot_atoms) == (2000, 100)
    assert eth.parameters.haircut.weight == 9 * 10**17
    assert usdc.parameters.haircut == HaircutParameters(HaircutKind.IDENTITY, RATIO, RATIO, 0)
    (market,) = preset.markets
    lot = (market.parameters.lot_atoms, market.parameters.tick, market.parameters.minimum_lots)
    assert (market.market, *lot) == ("ETH_USDC", 100, 1, 2)
    assert market.parameters.maker_fee == -5 * RATIO // 10_000


def test_tiny__system_and_perpetual_are_what_the_file_says() -> None:
    preset = load_preset("tiny")
    system = preset.system
    assert (system.settlement_asset, system.settlement_interval) == ("USDC", 10)
    assert (system.unrealized_cap, system.unsettled_cap) == (INT128_MAX, INT128_MAX)
    assert (system.account_virtual_limit, system.system_virtual_limit) == (500_000, 2_000_000)
    (perpetual,) = preset.perpetuals
    limits = perpetual.listed.parameters
    assert (limits.lots_per_unit, limits.tick, limits.minimum_lots) == (100, 1, 1)
    assert (limits.open_interest_limit, limits.position_limit) == (10_000, 5_000)
    assert (limits.funding_floor, limits.funding_cap) == (-RATIO // 100, RATIO // 100)
    assert perpetual.marked == UpdateMark("ETH_USDC_PERP", 2000, has_basis=False, basis=0)


def test_system__limits_are_in_dollars_and_in_the_settlement_asset() -> None:
    text = changed(unrealized_cap='"12.5 USD"', account_virtual_limit="none")
    system = preset_of(parse_document(text, "mine.yaml"), "mine").system
    assert (system.unrealized_cap, system.account_virtual_limit) == (1250, INT128_MAX)


def test_perpetual__needs_no_first_price() -> None:
    lines = perpetual(price="2000").splitlines(keepends=True)
    place = max(n for n, line in enumerate(lines) if line.strip() == "price: 2000")
    text = "".join(lines[:place] + lines[place + 1 :])
    (listing,) = preset_of(parse_document(text, "mine.yaml"), "mine").perpetuals
    assert listing.marked is None


def counted(preset: Preset, symbol: str, dollars: int) -> Fraction:
    """Return what so many dollars of an asset count for, as a fraction of them."""
    (listing,) = (listing for listing in preset.listings if listing.asset == symbol)
    limits, unit = listing.parameters, preset.system.quote_unit
    value = collateral_value(
        limits.haircut, dollars * limits.lot_atoms, unit, limits.lot_atoms, unit
    )
    return Fraction(value, dollars * unit)


@pytest.mark.parametrize(
    ("dollars", "weight"), [(17_777, "0.9"), (40_000, "0.8"), (57_600, "0.75"), (160_000, "0.6")]
)
def test_tiny__weights_of_ether_are_those_of_its_comment(dollars: int, weight: str) -> None:
    assert truncated(counted(load_preset("tiny"), "ETH", dollars), 3) == weight


@pytest.mark.parametrize(
    ("symbol", "falls", "half"),
    [
        ("BTC", 10_000_000, 100_000_000),
        ("ETH", 5_100_000, 51_100_000),
        ("SOL", 2_500_000, 25_000_000),
    ],
)
def test_launch__weight_falls_where_its_comment_says(symbol: str, falls: int, half: int) -> None:
    launch = load_preset("launch")
    assert counted(launch, symbol, falls * 99 // 100) == Fraction(95, 100)
    assert counted(launch, symbol, falls * 101 // 100) < Fraction(95, 100)
    assert abs(counted(launch, symbol, half) - Fraction(625, 1000)) < Fraction(1, 1000)


def test_launch__lent_sol_counts_as_recorded() -> None:
    launch = load_preset("launch")
    (sol,) = (listing for listing in launch.listings if listing.asset == "SOL")
    limits, unit = sol.parameters, launch.system.quote_unit
    atoms = integer_of("0.0699302874", 10**limits.decimals)
    assert sol.price is not None
    value = collateral_value(limits.haircut, atoms, sol.price, limits.lot_atoms, unit)
    assert value == int(parse_decimal("9.630096779592616743") * unit)


def test_launch__markets_have_the_recorded_fees_and_bands() -> None:
    launch = load_preset("launch")
    markets = {market.market: market.parameters for market in launch.markets}
    assert list(markets) == ["SOL_USDC", "BTC_USDC", "ETH_USDC", "USDT_USDC"]
    for symbol, market in markets.items():
        assert symbol == f"{market.base}_{market.quote}"
        assert (market.maker_fee, market.taker_fee) == (RATIO * 8 // 10_000, RATIO // 1000)
        assert (market.impact_min, market.impact_max) == (RATIO * 99 // 100, RATIO * 101 // 100)


@pytest.mark.parametrize(
    ("symbol", "margin", "limit", "lot", "price"),
    [
        (
            "BTC_USDC_PERP",
            ("0.01333333", "0.00002494", "0.00666667", "0.00001496"),
            4000,
            "0.00001",
            "64575.6",
        ),
        ("SOL_USDC_PERP", ("0.02", "0.00006", "0.0135", "0.000036"), 4_000_000, "0.01", None),
        (
            "ETH_USDC_PERP",
            ("0.02", "0.0000935", "0.0125", "0.0000561"),
            100_000,
            "0.0001",
            "3787.46813304",
        ),
    ],
)
def test_launch__perpetuals_are_as_recorded(
    symbol: str, margin: tuple[str, ...], limit: int, lot: str, price: str | None
) -> None:
    launch = load_preset("launch")
    (listing,) = (each for each in launch.perpetuals if each.listed.market == symbol)
    limits = listing.listed.parameters
    found = (limits.imf_base, limits.imf_factor, limits.mmf_base, limits.mmf_factor)
    assert found == tuple(map(ratio_of, margin))
    assert limits.lots_per_unit * parse_decimal(lot) == 1
    assert limits.open_interest_limit == limit * limits.lots_per_unit
    assert (limits.maker_fee, limits.taker_fee) == (RATIO * 2 // 10_000, RATIO * 5 // 10_000)
    assert (limits.funding_interval, limits.funding_cap) == (3600, RATIO // 100)
    assert limits.price_update_max == ratio_of("1.0025")
    if price is not None:
        assert listing.marked is not None
        per_unit = listing.marked.index_price * limits.lots_per_unit
        assert Fraction(per_unit, 10**14) == parse_decimal(price)


def test_launch__every_value_has_its_source() -> None:
    lines = (spec_path() / "presets" / "launch.yaml").read_text(encoding="utf-8").splitlines()
    values = [line for line in lines if ": " in line.partition("#")[0]]
    assert values
    assert not [line for line in values if "#" not in line and "- chain" not in line]


def line_of(text: str, field: str) -> int:
    """The number of the first line that holds a field."""
    return next(n for n, line in enumerate(text.splitlines(), start=1) if field in line)


def test_preset__all_broken_laws_are_reported_with_line_and_path() -> None:
    text = changed(mmf_base="0.5", throttle_interval="0", minimum_deposit="0")
    throttle, mmf, deposit = (
        line_of(text, field) for field in ("throttle_interval:", "mmf_base:", "minimum_deposit:")
    )
    assert problems(text) == [
        f"line {throttle}: system.throttle_interval: expected 1 to 86400 seconds",
        f"line {mmf}: assets.USDC.mmf_base: expected above 0, below imf_base",
        f"line {deposit}: assets.USDC.tokens[0].minimum_deposit: expected above 0",
    ]


def test_preset__inexact_decimals_name_the_nearest_values() -> None:
    text = changed(withdrawal_fee="0.505", price="1.00001")
    price, fee = line_of(text, "price: 1.00001"), line_of(text, "withdrawal_fee:")
    assert problems(text) == [
        (
            f"line {price}: assets.USDC.price: 1.00001 is not a multiple of 0.01; "
            "the nearest valid values are 1 and 1.01"
        ),
        (
            f"line {fee}: assets.USDC.tokens[0].withdrawal_fee: 0.505 is not a multiple of 0.01; "
            "the nearest valid values are 0.5 and 0.51"
        ),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed(imf_base="10%"), "assets.USDC.imf_base: expected a plain ratio"),
        (changed(imf_base="ten"), "assets.USDC.imf_base: expected a decimal"),
        (changed(imf_base="1e-1"), "assets.USDC.imf_base: expected a decimal"),
        (changed(imf_base=".inf"), "assets.USDC.imf_base: expected a decimal"),
        (changed(imf_base="[1]"), "assets.USDC.imf_base: expected a decimal"),
        (changed(entry_fee="1"), "system.entry_fee: expected true or false"),
        (changed(decimals="-2"), "assets.USDC.decimals: expected a whole number"),
        (changed(decimals="25"), "assets.USDC.decimals: expected 0 to 24"),
        (changed(book_state="ajar"), "assets.USDC.pool.book_state: expected one of open"),
        (changed(lot="1 ETH"), "assets.USDC.lot: expected a decimal"),
        (changed(price="0"), "assets.USDC.price: expected a price above 0"),
        (changed(price="-1"), "assets.USDC.price: expected a price above 0"),
        (changed(haircut="1"), "assets.USDC.haircut: expected fields"),
        (changed(haircut="{kind: sqrt, weight: 1}"), "haircut.kind: expected one of identity"),
        (changed(haircut="{kind: identity, weight: 2}"), "USDC.haircut.weight: expected 0 to 1"),
        (
            changed(haircut="{kind: inverse_sqrt, weight: 1, base: 1}"),
            "haircut.penalty: missing; the kind inverse_sqrt needs it",
        ),
        (changed(price_update_min="1.1"), "assets.USDC.price_update_min: expected 0 to 1"),
        (changed(price_update_max="0.9"), "USDC.price_update_max: expected 1 to 1000000"),
        (changed(auto_close_divisor="0.5"), "system.auto_close_divisor: expected 1 or more"),
        (changed(auto_close_offset="2"), "system.auto_close_offset: expected 0 to 1"),
        (changed(order_price_age="-1"), "system.order_price_age: expected a whole number"),
        (changed(order_limit="0"), "system.order_limit: expected 1 to 10000"),
        (changed(base="EHT"), "markets.ETH_USDC.base: not listed; did you mean ETH?"),
        (changed(quote="ETH"), "markets.ETH_USDC.quote: expected another asset than base"),
        (
            changed(tick="0.5"),
            "tick: 0.5 is not a multiple of 1; the nearest valid values are 0 and",
        ),
        (changed(tick="0"), "markets.ETH_USDC.tick: expected 1 to 10^24"),
        (changed(minimum="0.015"), "minimum: 0.015 is not a multiple of 0.01"),
        (changed(minimum="0"), "markets.ETH_USDC.minimum: expected 1 or more"),
        (changed(maker_fee="-0.002"), "markets.ETH_USDC.maker_fee: expected at least -taker_fee"),
        (changed(limit_max="0.5"), "markets.ETH_USDC.limit_max: expected 1 to 1000000"),
        (changed(order_book_state="ajar"), "order_book_state: expected one of open, post_only"),
        (changed(premium_tolerance="1 %"), "premium_tolerance: expected a plain ratio"),
        (changed(taker_fee="1\n    fee: 1"), "markets.ETH_USDC.fee: unknown field"),
        (TINY.replace("    tick:", "    tock:"), "markets.ETH_USDC.tick: missing"),
        (f"{TINY.partition('markets:')[0]}markets: [1]", "markets: expected a mapping"),
        (changed(base="ETH\n    kind: spot"), "markets.ETH_USDC.kind: expected perpetual; a spot"),
        (changed(settlement_asset="USD"), "system.settlement_asset: not listed; did you mean USDC"),
        (changed(settlement_asset="[1]"), "system.settlement_asset: input should be a valid str"),
        (changed(settlement_interval="0"), "system.settlement_interval: expected 1 to 86400"),
        (changed(unrealized_weight="2"), "system.unrealized_weight: expected 0 to 1"),
        (changed(unrealized_cap="nothing"), "system.unrealized_cap: expected a decimal"),
        (changed(unsettled_cap="-1"), "system.unsettled_cap: expected 0 to 2^127-1"),
        (changed(account_virtual_limit="0.005"), "account_virtual_limit: 0.005 is not a multiple"),
        (changed(system_virtual_limit="1 ETH"), "system.system_virtual_limit: expected a decimal"),
        (changed(book_utilization_limit="1.5"), "book_utilization_limit: expected 0 to 1"),
        (changed(liquidation_fraction="0"), "system.liquidation_fraction: expected above 0"),
        (changed(liquidation_fee="1.1"), "system.liquidation_fee: expected 0 to 1"),
        (changed(liquidation_grace="-1"), "system.liquidation_grace: expected a whole number"),
        (changed(insurance_limit="0.005"), "system.insurance_limit: 0.005 is not a multiple"),
        (changed(non_recourse="maybe"), "system.non_recourse: expected true or false"),
        (changed(price_floor="0.001"), "assets.USDC.price_floor: 0.001 is not a multiple of 0.01"),
        (changed(price_floor="-1"), "assets.USDC.price_floor: expected 0 to 2^127-1"),
        (perpetual(lot="0"), "markets.ETH_USDC_PERP.lot: expected one unit divided by a whole"),
        (perpetual(lot="0.03"), "markets.ETH_USDC_PERP.lot: expected one unit divided by a whole"),
        (perpetual(lot="1 ETH"), "markets.ETH_USDC_PERP.lot: expected a decimal"),
        (perpetual(price="0"), "markets.ETH_USDC_PERP.price: expected a price above 0"),
        (perpetual(tick="0.5"), "ETH_USDC_PERP.tick: 0.5 is not a multiple of 1;"),
        (perpetual(minimum="0.015"), "ETH_USDC_PERP.minimum: 0.015 is not a multiple of 0.01"),
        (perpetual(open_interest_limit="-1"), "open_interest_limit: expected 0 to 2^127-1"),
        (perpetual(funding_floor="0.02"), "funding_floor: expected -1 to funding_cap"),
        (perpetual(mmf_base="0.1"), "ETH_USDC_PERP.mmf_base: expected above 0, below imf_base"),
        (perpetual(tick="1\n    base: ETH"), "markets.ETH_USDC_PERP.base: unknown field"),
        (TINY.replace("    position_limit", "    limit"), "ETH_USDC_PERP.position_limit: missing"),
        (changed(tokens="{}\n    was:"), "assets.USDC.tokens: expected a list"),
        (TINY.replace("slope_low", "slope_lo", 1), "assets.USDC.pool.slope_lo: unknown field"),
        (TINY.replace("slope_low", "slope_lo", 1), "assets.USDC.pool.slope_low: missing"),
        (TINY.replace("system:", "settings:"), "settings: unknown field"),
        (TINY.replace("system:", "settings:"), "system: missing"),
        ("- 1", "expected the fields system and assets"),
        ("system:\nassets: [1]", "assets: expected a mapping"),
        ("system: 1\nassets:\n  X: 1", "assets.X: expected fields"),
    ],
)
def test_preset__bad_field_is_named(text: str, message: str) -> None:
    assert any(message in problem for problem in problems(text))


def test_preset__unit_may_be_named() -> None:
    text = changed(minimum_deposit="1_000.5 USDC")
    listing = preset_of(parse_document(text, "mine.yaml"), "mine").listings[0]
    assert listing.parameters.tokens[0].minimum_deposit == 100_050


def test_preset__unknown_name_lists_the_known() -> None:
    with pytest.raises(DocumentError, match="choose launch, tiny"):
        load_preset("huge")


def test_preset__missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"cannot read .*/none.yaml: No such file"):
        load_preset("none.yaml", beside=tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("a: [", "line 1: not YAML"),
        ("a: 1\na: 2", "line 2: a: named twice"),
        ("&a [*a]", "nested too deeply"),
        ("{[1]: 2}", "expected a plain name"),
        ("a: \x00", "not YAML"),
        ("a: *b", "undefined alias"),
        ("a\n---\nb", "another document"),
        ("[" * 100_000, "nested more than 20 deep"),
    ],
)
def test_document__malformed_is_explained(text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        parse_document(text, "mine.yaml")


def test_document__numbers_keep_their_text_and_fields_their_line() -> None:
    document = parse_document("a: 1000.50\nb: {c: true, d: ~}\n", "mine.yaml")
    assert document.data == {"a": "1000.50", "b": {"c": True, "d": None}}
    assert document.problem(("b", "c"), "x").line == 2


def test_units__are_exact() -> None:
    assert parse_decimal("-1_000.25") == Fraction(-100025, 100)
    assert integer_of("0.1", 10**18) == 10**17
    assert integer_of("100.5 USDC", 100, unit="USDC") == 10_050
    assert ratio_of("0.000000000000000001") == 1
    assert [seconds_of(text) for text in ("90", "10 minutes", "1h", "2 days")] == [
        90,
        600,
        3600,
        172_800,
    ]
    assert [format_units(*pair) for pair in ((-5, 2), (100, 2), (7, 0), (0, 14))] == [
        "-0.05",
        "1",
        "7",
        "0",
    ]


@pytest.mark.parametrize("text", ["", "1.", ".5", "1,5", "--1", "1e3", "0x1", "９", "9" * 81, None])
def test_units__reject_what_is_no_decimal(text: str | None) -> None:
    with pytest.raises(UnitError, match="expected a decimal"):
        parse_decimal(text)


@pytest.mark.parametrize("text", ["", "1.5h", "-1", "1 week", None])
def test_units__reject_what_is_no_duration(text: str | None) -> None:
    with pytest.raises(UnitError, match="expected a duration"):
        seconds_of(text)
