"""How long a person waits for `fuyajo plan`, against importing the two libraries it needs most."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from measure import report, site, spread, take_turns, verdict, wall

ROUNDS = 11
MOST = 3.0


def main() -> None:
    with site() as here:
        sentence = f"a web server called {here.tag} with 1 GB of memory"

        def plan() -> float:
            return wall(lambda: here.fuyajo("plan", sentence, "--backend", "rules"))

        def imports() -> float:
            command = [sys.executable, "-c", "import pydantic, yaml"]
            return wall(lambda: subprocess.run(command, check=True))

        plan()  # warm: bytecode, the file cache, libvirt's capabilities
        imports()
        found = take_turns(ROUNDS, {"imports": imports, "plan": plan})
    ratio = median(found["plan"]) / median(found["imports"])
    report(
        "fuyajo plan TEXT --backend rules --json",
        f"Wall time of whole processes, warm; {ROUNDS} rounds; median (least–most) in seconds.",
        [
            ["", "seconds", "ratio", "target"],
            ["python -c 'import pydantic, yaml'", spread(found["imports"]), "1", ""],
            ["fuyajo plan", spread(found["plan"]), f"{ratio:.2f}", verdict(ratio, MOST)],
        ],
    )


if __name__ == "__main__":
    main()
