"""Judges and seals: evidence, measurands, verdicts, bundles, signatures and renderings."""
