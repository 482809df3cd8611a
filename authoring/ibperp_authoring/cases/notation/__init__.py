"""Cases of the chapter notation."""
