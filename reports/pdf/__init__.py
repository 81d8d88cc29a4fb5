"""The report on paper: one PDF for archives, typeset by Typst from the same view as the page."""
