"""Systems, assets and markets in decimals, as people write them."""
