"""Long proofs, run by `make prove P=part`."""
