"""Direct liquid cooling: cold plates, coolant distribution unit, facility water, dry cooler."""
