"""What runs inside the box: `python -P -m fuyajo.engine.box DIRECTORY EVENTS_FD [--supervise
PARENT_PID]`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from fuyajo.engine.box import process, supervisor


def main(arguments: list[str]) -> int:
    """Run the job of that directory; 0 when it could be run at all, however it ended."""
    directory, events = Path(arguments[0]), int(arguments[1])
    # Nothing that is started in here may hold the stream open.
    os.set_inheritable(events, False)
    if len(arguments) == 4 and arguments[2] == "--supervise":
        code = supervisor.supervise(int(arguments[3]), events)
        if code is not None:
            return code
    # The run reaps its own orphans too, so that it can end them all when it finds its owner gone.
    process.become_subreaper()
    from fuyajo.engine.runner import play

    play(directory, events)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
