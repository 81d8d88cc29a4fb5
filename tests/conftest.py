"""Generated examples: the same in every run of the suite, new ones in the slow checks."""

import os

from hypothesis import settings

# How long one example takes says more about a busy machine than about the property.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("exploring", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("EXAMPLES", "repeatable"))
