"""The theorems, in a folder a brick."""
