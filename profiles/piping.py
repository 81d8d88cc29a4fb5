"""Output into a pipe that nobody reads any more is no mistake: `conformance profiles list | head -1`.

sys.exit(while_read(print_a_long_list, 3))
"""

import os
import sys
from collections.abc import Callable


def while_read(work: Callable[[], int], cut_off: int) -> int:
    """The exit code of some work; `cut_off` if the reader of standard output went away in the middle of it."""
    code = cut_off
    try:
        try:
            code = work()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # What is still to be written when the interpreter ends goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
