"""Cases in which every loop has more members than any cap that a programmer would choose."""
