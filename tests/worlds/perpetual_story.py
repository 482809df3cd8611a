"""A story of four accounts and one perpetual, for tests of scenarios."""

from fractions import Fraction
from pathlib import Path

from ibperp_conformance.scenario.result import ScenarioResult
from ibperp_conformance.scenario.run import run_scenario

HEAD = "title: Test\npreset: tiny\naccounts: [lena/main, ana/main, bob/main, vera/main]\nsteps:\n"
TRADE = """
  - deposit: {account: lena/main, asset: USDC, chain: solana, amount: 10000}
  - lend: {account: lena/main, asset: USDC, amount: 10000}
  - deposit: {account: ana/main, asset: ETH, chain: ethereum, amount: 10}
  - deposit: {account: bob/main, asset: USDC, chain: solana, amount: 5000}
  - deposit: {account: vera/main, asset: ETH, chain: ethereum, amount: 10}
  - set_account_settings: {account: ana/main, auto_borrow_settlements: true}
  - set_account_settings: {account: vera/main, auto_realize: false}
  - place: {account: bob/main, market: ETH_USDC_PERP, side: bid, amount: 3, price: 2000}
  - place: {account: ana/main, market: ETH_USDC_PERP, side: ask, amount: 2, price: 2000}
  - place: {account: vera/main, market: ETH_USDC_PERP, side: ask, amount: 1, price: 2000}
"""
RISE = """
  - update_mark: {market: ETH_USDC_PERP, index_price: 2200}
  - advance_time: {by: 10s}
  - settle: {}
"""
YEAR = """
  - advance_time: {by: 365 days}
  - apply_funding: {market: ETH_USDC_PERP, premium: 0.001}
  - settle: {}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "story.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def ran(folder: Path, steps: str) -> ScenarioResult:
    return run_scenario(written(folder, HEAD + steps))


def exact(*numbers: int) -> list[Fraction]:
    return [Fraction(number) for number in numbers]
