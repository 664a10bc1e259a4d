"""How the files of the catalogue are made from the packages that carry root stores."""
