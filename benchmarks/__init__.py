"""The benchmark: this project against its peers and the limits of one machine (`make bench`)."""
