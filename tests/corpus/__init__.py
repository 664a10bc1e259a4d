"""Documents with known truth, from many producers. See README.md."""
