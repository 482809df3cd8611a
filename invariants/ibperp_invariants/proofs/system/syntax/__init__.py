"""What the syntax of the reference tells of its expressions."""
