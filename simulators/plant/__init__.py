"""The plant: one file per physical component; `container.py` is the single-line diagram."""
