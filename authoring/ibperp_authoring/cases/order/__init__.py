"""The cases of every file of vectors, in the order of the file."""
