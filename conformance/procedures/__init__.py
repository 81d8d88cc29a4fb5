"""The procedures, one per file; each is registered by its decorator."""
