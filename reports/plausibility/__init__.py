"""Whether the evidence can be true: rules over signals that physics and logic tie together."""
