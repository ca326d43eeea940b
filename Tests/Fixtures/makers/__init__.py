"""One module per producer of fixtures; each has `make(catalogue)`."""
