"""The score of the vectors: small faults planted in the reference, and which vectors notice."""
