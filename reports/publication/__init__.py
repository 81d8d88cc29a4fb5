"""The public log of issued bundles: a tree of hashes, its signed checkpoints, and proofs that a bundle is in it."""
