"""The kernels in Coq: definitions generated from the shipped Python, theorems for any number."""
