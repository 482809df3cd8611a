"""What writes the specification and never ships: cases, vectors, schemas, site, benchmarks."""
