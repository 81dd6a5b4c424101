"""Which mirror a host's own sources mean."""

from pathlib import Path

import pytest

from fuyajo.engine.images.errors import ImageError
from fuyajo.engine.images.mirror import Mirror, host_mirror

PUBLIC = Mirror()


def host(tmp_path: Path, system: str = "debian", **files: str) -> Path:
    (tmp_path / "apt" / "sources.list.d").mkdir(parents=True)
    (tmp_path / "os-release").write_text(f'NAME="X"\nID={system}\n')
    names = {
        "listed": "sources.list",
        "old": "sources.list.d/a.list",
        "new": "sources.list.d/a.sources",
    }
    for key, text in files.items():
        (tmp_path / "apt" / names[key]).write_text(text)
    return tmp_path


def test_without_sources_the_public_mirror_is_used(tmp_path: Path) -> None:
    assert host_mirror(tmp_path / "absent") == PUBLIC
    assert host_mirror(host(tmp_path)) == PUBLIC


def test_one_line_sources_are_read(tmp_path: Path) -> None:
    etc = host(
        tmp_path,
        listed="# deb http://no.example/debian x main\n"
        "deb [arch=amd64] https://m.example/debian/ bookworm main\n",
        old="deb http://s.example/debian-security bookworm-security main\n",
    )
    assert host_mirror(etc) == Mirror(
        main="https://m.example/debian", security="http://s.example/debian-security"
    )


def test_deb822_sources_are_read(tmp_path: Path) -> None:
    etc = host(
        tmp_path,
        new="Types: deb\n# a comment\nURIs: http://m.example/debian\n"
        "Suites: bookworm bookworm-updates\n"
        "Components: main\n\nTypes: deb\nEnabled: no\nURIs: http://off.example/debian-security\n"
        "Suites: bookworm-security\n",
    )
    assert host_mirror(etc) == Mirror(main="http://m.example/debian")


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/debian",
        "http://127.0.0.1:3142/debian",
        "file:/srv/debian",
        "http://user:secret@m.example/debian",
        "http://m.example/other",
    ],
)
def test_mirrors_that_a_guest_cannot_use_are_not_taken(url: str, tmp_path: Path) -> None:
    assert host_mirror(host(tmp_path, listed=f"deb {url} bookworm main\n")) == PUBLIC


def test_another_system_gives_the_public_mirror(tmp_path: Path) -> None:
    etc = host(tmp_path, "ubuntu", listed="deb http://m.example/debian bookworm main\n")
    assert host_mirror(etc) == PUBLIC


def test_lines_name_the_suite_and_the_keyring() -> None:
    lines = PUBLIC.lines("bookworm")
    assert [line.split()[3] for line in lines] == [
        "bookworm",
        "bookworm-updates",
        "bookworm-security",
    ]
    assert all("signed-by=/usr/share/keyrings/" in line for line in lines)


@pytest.mark.parametrize("url", ["http://m/debian\ndeb evil", "file:///x", "http://m/a b"])
def test_an_address_that_is_not_plain_is_refused(url: str) -> None:
    with pytest.raises(ImageError, match="not a plain"):
        Mirror(main=url).lines("bookworm")
