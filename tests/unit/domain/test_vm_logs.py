"""Lines about a machine: whose they are, what is left out of them, which are chosen."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from fuyajo.cli.commands.vm_logs import newer
from fuyajo.domain.vm_logs import (
    WIDEST,
    LogLine,
    Wanted,
    chosen,
    journal_lines,
    plain,
    qemu_lines,
)

MINE, EARLIER = (f"11111111-2222-4333-8444-00000000000{n}" for n in range(2))


def start(uuid: str, clock: str, said: str) -> str:
    return (
        f"2026-11-24 {clock}.660+0000: starting up libvirt version: 9.0.0, package: x (Debian), "
        f"qemu version: 7.2.22Debian 1:7.2, kernel: 6.1, hostname: secret-host\n"
        "HOME=/var/lib/libvirt/qemu/domain-2-web \\\n/usr/bin/qemu-system-x86_64 \\\n"
        f"-name guest=web \\\n-uuid {uuid} \\\n-object secret,file=/x/master-key.aes \\\n-msg timestamp=on\n"
        f"{said}\n"
    )


LOG = (
    "what nobody knows whose it is\n"
    + start(EARLIER, "01:00:00", "char device redirected (earlier)")
    + start(MINE, "02:00:00", "2026-11-24T02:00:01.5Z qemu: Could not open '/srv/a/b/web.qcow2'")
    + "no time \x1b[31mred\n2026-11-24 03:00:00.665+0000: shutting down, reason=destroyed\n"
)


def test_an_earlier_machine_of_the_name_is_not_told() -> None:
    told = [line.text for line in qemu_lines(LOG, MINE)]
    assert told == [
        "starting up, QEMU 7.2.22Debian",
        "qemu: Could not open '…/web.qcow2'",
        "no time \ufffd[31mred",
        "shutting down, reason=destroyed",
    ]
    assert [line.text for line in qemu_lines(LOG, EARLIER)][1] == "char device redirected (earlier)"
    assert qemu_lines(LOG, MINE[:-1] + "9") == []


def test_a_command_line_with_two_uuids_is_nobodys() -> None:
    both = LOG.replace(f"-uuid {EARLIER} \\", f"-uuid {EARLIER} \\\n-uuid {MINE} \\")
    assert len(qemu_lines(both, MINE)) == 4
    assert qemu_lines(both, EARLIER) == []


def test_times_text_and_number_choose() -> None:
    lines = qemu_lines(LOG, MINE)
    assert [line.at is None for line in lines] == [False, False, True, False]
    late = datetime(2026, 11, 24, 2, 0, 1, tzinfo=UTC)
    assert chosen(lines, Wanted(since=late)) == (tuple(lines[1:]), False)
    assert chosen(lines, Wanted(until=late)) == (tuple(lines[:1]), False)
    assert chosen(lines, Wanted(lines=1)) == (tuple(lines[-1:]), True)
    assert chosen(lines, Wanted(grep="(a+)+$")) == ((), False)
    assert chosen(lines, Wanted(grep="reason=")) == (tuple(lines[-1:]), False)
    assert chosen([LogLine(None, "x")], Wanted(since=late)) == ((), False)


def test_a_line_is_bounded_and_inert() -> None:
    assert len(plain("a" * 9000)) == WIDEST
    assert plain("a\x9b31m\x00\u202eb\tc") == "a\ufffd31m\ufffd\ufffdb c"
    (line,) = qemu_lines(start(MINE, "02:00:00", "2026-02-31T02:00:01.5Z odd"), MINE)[1:]
    assert (line.at, line.text) == (None, "2026-02-31T02:00:01.5Z odd")


JOURNAL = (
    "2026-11-24T02:00:01.123456+0000 web systemd[1]: Started ssh.\n"
    "                                       and a second line\n"
    "2026-11-24T02:00:02.5+00:00 web \x1b[31mevil\x1b]0;t\x07\n"
    "2026-99-99T02:00:02.5+00:00 web no time\n"
)


def test_a_journal_is_lines_with_times() -> None:
    lines = journal_lines(JOURNAL)
    assert [line.at is None for line in lines] == [False, True, False, True]
    assert lines[0] == LogLine(
        datetime(2026, 11, 24, 2, 0, 1, 123456, UTC), "web systemd[1]: Started ssh."
    )
    late = chosen(lines, Wanted("journal", since=datetime(2026, 11, 24, 2, 0, 2, tzinfo=UTC)))[0]
    assert [line.text[:8] for line in late] == ["web \ufffd[31", "2026-99-"]


@given(st.text())
def test_whatever_a_guest_says_is_inert(said: str) -> None:
    for line in journal_lines(said):
        assert line.text.isprintable() and len(line.text) <= WIDEST


LINES = st.lists(st.builds(LogLine, st.none(), st.sampled_from("abc")), max_size=8).map(tuple)


@given(LINES, LINES, st.integers(0, 8))
def test_following_tells_what_came_and_nothing_twice(
    old: tuple[LogLine, ...], new: tuple[LogLine, ...], lost: int
) -> None:
    """Where old lines fell out meanwhile, at most what looks like them is told anew."""
    found = (old + new)[lost:]
    told = newer(old, found)
    assert found[len(found) - len(told) :] == told
    if lost == 0 and len(set(old)) == len(old) and old:
        assert told == new
