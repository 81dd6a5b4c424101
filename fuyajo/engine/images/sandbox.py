"""qemu-img on a file nobody trusts: no network, one file to read, one directory to write."""

from __future__ import annotations

from pathlib import Path

from fuyajo.engine.images.catalogue import IMPORT_TOOLS
from fuyajo.engine.images.errors import ImageError
from fuyajo.engine.images.process import Outcome, find_tool, finish

MEMORY_BYTES = 1024**3
# A conversion unpacks clusters in a pool of threads, each with a stack of its own.
CONVERT_MEMORY_BYTES = 4 * 1024**3
CPU_SECONDS = 30
SOURCE = "/in/image"
OUTPUT = "/out"
# Exit codes of a shell or bwrap for a child ended by SIGXFSZ and SIGXCPU, and Python's own.
FILE_TOO_LARGE = (128 + 25, -25)
CPU_EXCEEDED = (128 + 24, -24, 128 + 9, -9)


def qemu_img(
    arguments: list[str],
    source: Path,
    *,
    output: Path | None = None,
    output_bytes: int = 0,
    cpu_seconds: int = CPU_SECONDS,
    memory_bytes: int = MEMORY_BYTES,
    timeout_seconds: float = 60.0,
) -> Outcome:
    """Run qemu-img; it sees the file `source` as SOURCE and the directory `output` as OUTPUT.

    Args:
        output_bytes: the largest file it may write, in bytes.
        cpu_seconds: processor time it may use; `memory_bytes`: address space.

    Raises:
        ImageError: a tool is missing, the sandbox does not work here, or it took too long.
    """
    command = [
        find_tool("prlimit", IMPORT_TOOLS["prlimit"]),
        f"--as={memory_bytes}",
        f"--cpu={cpu_seconds}",
        f"--fsize={output_bytes}",
        "--core=0",
        find_tool("qemu-img", IMPORT_TOOLS["qemu-img"]),
        *arguments,
    ]
    outcome = finish([*_bwrap(source, output), "--", *command], timeout_seconds=timeout_seconds)
    if outcome.code != 0 and outcome.errors.startswith("bwrap: "):
        raise ImageError(
            f"The sandbox for image files cannot start here ({outcome.errors.strip()[:200]}).",
            "Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1 or an AppArmor rule "
            "for bwrap), or import as root. Nothing is imported without the sandbox.",
        )
    return outcome


def _bwrap(source: Path, output: Path | None) -> list[str]:
    argv = [
        find_tool("bwrap", IMPORT_TOOLS["bwrap"]),
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--clearenv",
        # One heap for all threads: many would use up the address space without using memory.
        "--setenv",
        "MALLOC_ARENA_MAX",
        "1",
    ]
    argv += ["--ro-bind", "/usr", "/usr"]
    for path in ("/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.cache"):
        argv += ["--ro-bind-try", path, path]
    argv += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run"]
    argv += ["--ro-bind", str(source), SOURCE]
    if output is not None:
        argv += ["--bind", str(output), OUTPUT]
    return [*argv, "--chdir", "/"]
