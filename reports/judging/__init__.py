"""From evidence to verdicts: which items, with what uncertainty, by which rule, and what they conclude together."""
