"""Speed and scale, with a peer beside each figure, and the proofs too heavy for `make test`."""
