"""Templates: what a VM can be, by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from fuyajo.domain.texts import Lang

Scalar = str | int | bool


@dataclass(frozen=True)
class Variable:
    """One option a template takes: a type, bounds and a default.

    `low`/`high` bound an integer's value, or a string's length in characters.
    """

    type: Literal["str", "int", "bool"]
    default: Scalar
    summary: dict[Lang, str]
    low: int = 0
    high: int = 4096
    pattern: str | None = None


@dataclass(frozen=True)
class Template:
    """A catalogue entry: sizes (MiB, GiB), the role that configures it, ports and options.

    `ports` are guest TCP ports forwarded besides ssh; `page` is the port whose `/` answers when ready.
    """

    name: str
    role: str
    default_name: str
    summary: dict[Lang, str]
    steps: dict[Lang, tuple[str, ...]]
    image: str = "debian-12"
    cpus: int = 1
    memory_mib: int = 1024
    min_memory_mib: int = 256
    disk_gib: int = 10
    ports: tuple[int, ...] = ()
    page: int | None = None
    variables: dict[str, Variable] = field(default_factory=dict)


BASIC_SERVER = Template(
    name="basic-server",
    role="fuyajo.libvirt.basic_server",
    default_name="server",
    summary={
        "en": "a plain Debian server you can log in to",
        "ja": "ログインできる素の Debian サーバー",
    },
    steps={
        "en": ("set the message of the day",),
        "ja": ("ログイン時のメッセージを設定",),
    },
    variables={
        "motd": Variable(
            type="str",
            default="",
            high=400,
            summary={"en": "text shown at login", "ja": "ログイン時に表示する文"},
        ),
    },
)

WEB_SERVER = Template(
    name="web-server",
    role="fuyajo.libvirt.web_server",
    default_name="web",
    summary={
        "en": "nginx serving a page on port 80",
        "ja": "80 番ポートでページを配信する nginx",
    },
    steps={
        "en": ("install nginx", "write the start page", "enable and start the service"),
        "ja": ("nginx をインストール", "トップページを配置", "サービスを有効化して起動"),
    },
    ports=(80,),
    page=80,
    variables={
        "title": Variable(
            type="str",
            default="",
            high=120,
            summary={"en": "heading of the start page", "ja": "トップページの見出し"},
        ),
        "message": Variable(
            type="str",
            default="",
            high=2000,
            summary={"en": "text of the start page", "ja": "トップページの本文"},
        ),
    },
)

TEMPLATES: dict[str, Template] = {t.name: t for t in (BASIC_SERVER, WEB_SERVER)}
