"""Proofs too heavy for `make test`: each is a module with NAME, PEER, MODULES and prove()."""
