"""What a command makes of a file goes to standard output, or to another file.

give(content, options.output, [options.bundle])
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from profiles.refusal import Refusal
from reports.bundles.whole_file import write_whole


def give(content: bytes, output: Path | None, sources: Iterable[Path]) -> None:
    """Write it whole, and say so. Refusal if that cannot be, or if the output is one of the sources."""
    if output is None:
        sys.stdout.buffer.write(content)
        return
    if output.exists() and any(output.samefile(source) for source in sources):
        raise Refusal(f"--output {output}", "this is the file that is read", "name another file")
    try:
        write_whole(output, content)
    except OSError as error:
        what = f"it cannot be written ({error.strerror})"
        raise Refusal(f"--output {output}", what, "name a file in a folder where you may write") from None
    print(f"{output} ({len(content)} bytes)")
