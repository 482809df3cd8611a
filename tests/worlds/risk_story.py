"""Steps of a scenario: liquidation, the programs and governance, by accounts that stand well."""

RISK = """  - set_price: {asset: ETH, price: 1500}
  - set_price: {asset: USDC, price: 1}
  - liquidate: {account: bob/main}
    expect_rejected: not_liquidatable
  - resolve_bankruptcy: {account: bob/main}
    expect_rejected: not_liquidatable
  - run_risk: {steps: 3}
  - fund_insurance: {account: alice/main, asset: USDC, amount: 1.5 USDC}
  - register_backstop: {account: bob/main, capacity: 500 USD}
  - request_quote: {account: carol/main, market: ETH_USDC, side: ask, amount: 0.1, expires: 1m}
  - submit_quote: {account: alice/main, price: 1400, auto_lend: true}
  - withdraw_quote: {account: alice/main}
  - accept_quote: {account: carol/main, quoter: alice/main}
    expect_rejected: quote_unknown
  - refresh_request: {account: carol/main, request: 0}
  - cancel_request: {account: carol/main}
  - set_system_parameters: {changes: {liquidation_fee: 0.02, insurance_limit: none}}
  - halt: {}
  - resume: {}
"""
