"""Taking a bundle apart again without believing anything in it."""
