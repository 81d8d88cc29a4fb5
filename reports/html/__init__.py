"""The HTML report: one file, two languages, no request to anywhere."""
