"""What the pages of the site ask the reference that runs in them."""
