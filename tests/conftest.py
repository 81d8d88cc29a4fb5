"""Generated examples: the same in every run of the suite, new ones in the slow checks."""

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True)
settings.register_profile("exploring", max_examples=1000)
settings.load_profile(os.environ.get("EXAMPLES", "repeatable"))
