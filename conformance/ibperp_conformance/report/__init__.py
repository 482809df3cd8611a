"""Says what a scenario did: tables of steps, accounts, gains and losses."""
