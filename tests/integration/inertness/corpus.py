"""Hostile documents: every payload at every place where a person's or a model's words can end up.

A payload that runs touches a file of its own in the canary directory. Some payloads are texts, some
are values that Ansible's own readers treat specially, some are whole files that are not quite JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Json = object
Place = Callable[[Json], dict[str, Json]]


@dataclass(frozen=True)
class Document:
    """One file's text. `refusable`: Ansible may refuse to read it, nothing else may be."""

    name: str
    text: str
    refusable: bool = False

    @property
    def printable(self) -> bool:
        """Whether it can go to a file and be an argument (no NUL, no lone surrogate)."""
        return not any(mark in self.text.lower() for mark in ("\\ud8", "\\u0000", "\ufeff"))


def documents(canary: Path, interpreter: Path) -> list[Document]:
    """All of them. `interpreter` is a program that touches a canary when it is used as Python."""
    found = list(_placed(canary, interpreter))
    found += _raw(canary)
    return found


def _placed(canary: Path, interpreter: Path) -> Iterator[Document]:
    for kind, text in _texts(canary, interpreter).items():
        for place, build in PLACES.items():
            # ansible-core 2.19+ refuses lone surrogates.
            yield Document(f"{kind}@{place}", json.dumps(build(text)), kind == "surrogate")
    for kind, value in _values(canary).items():
        for place, build in PLACES.items():
            if place != "key":
                yield Document(f"{kind}@{place}", json.dumps(build(value)), refusable=True)
    for name, value in _names(canary, interpreter).items():
        for place in ("top", "vm", "vars", "metadata"):
            yield Document(f"{name}@{place}", json.dumps(_named(place, name, value)))


def _touch(canary: Path, name: str) -> str:
    return f"touch {canary}/{name}"


def _texts(canary: Path, interpreter: Path) -> dict[str, str]:
    return {**_templates(canary), **_words(canary, interpreter), **_characters(canary)}


def _jinja(canary: Path, name: str) -> str:
    return f"{{{{ lookup('pipe', '{_touch(canary, name)}') }}}}"


def _templates(canary: Path) -> dict[str, str]:
    def pipe(name: str) -> str:
        return f"lookup('pipe', '{_touch(canary, name)}')"

    def python(name: str) -> str:
        return f"cycler.__init__.__globals__.os.system('{_touch(canary, name)}')"

    return {
        "pipe": f"{{{{ {pipe('pipe')} }}}}",
        "query": f"{{{{ query('ansible.builtin.pipe', '{_touch(canary, 'query')}') }}}}",
        "q": f"{{{{ q('pipe', '{_touch(canary, 'q')}') | first }}}}",
        "statement": f"{{% for x in [1] %}}{{{{ {pipe('statement')} }}}}{{% endfor %}}",
        "condition": f"{{% if {pipe('condition')} %}}x{{% endif %}}",
        "set": f"{{% set x = {pipe('set')} %}}",
        "globals": f"{{{{ {python('globals')} }}}}",
        "trimmed": f"{{{{- {pipe('trimmed')} -}}}}",
        "filters": f"{{{{ 'x' | map('extract', {pipe('filters')}) | list | to_json }}}}",
        "twice": f"{{{{ '{{{{' }}}} {pipe('twice')} {{{{ '}}}}' }}}}",
        "escaped": f'{{{{ "\\x7b\\x7b {pipe("escaped")} \\x7d\\x7d" }}}}',
        "raw": f"{{% raw %}}{{% endraw %}}{{{{ {pipe('raw')} }}}}",
        "newline": f"web\n{{{{ {pipe('newline')} }}}}\n",
        "override": f"#jinja2: variable_start_string:'[['\n[[ {pipe('override')} ]]",
        "undefined": "{{ no_such_variable.attribute }}",
        "other-host": "{{ hostvars['here']['ansible_password'] | default('x') }}",
        "unclosed": "{{",
        "closing-only": "%}",
        "comment": "{# #}{#",
        "lookup-file": "{{ lookup('file', '/etc/shadow') }}",
    }


def _words(canary: Path, interpreter: Path) -> dict[str, str]:
    return {
        "wrapped": f'!unsafe "{_jinja(canary, "wrapped")}"',
        "vault-text": "$ANSIBLE_VAULT;1.1;AES256\n3133\n3733\n",
        "python-tag": f"!!python/object/apply:os.system ['{_touch(canary, 'python-tag')}']",
        "yaml-merge": f"&a [*a, *a]\n<<: {{x: !!python/name:os.system }} # {canary}",
        "substitution": f"$({_touch(canary, 'substitution')})",
        "backticks": f"`{_touch(canary, 'backticks')}`",
        "semicolon": f"x; {_touch(canary, 'semicolon')}; #",
        "and": f"x && {_touch(canary, 'and')} || true",
        "quote": f"'; {_touch(canary, 'quote')}; '",
        "double-quote": f'"; {_touch(canary, "double-quote")}; "',
        "pipe-sign": f"| {_touch(canary, 'pipe-sign')}",
        "line": f"x\n{_touch(canary, 'line')}\n",
        "proxy": f"-o ProxyCommand='{_touch(canary, 'proxy')}'",
        "arguments": f"x creates=/y chdir={canary} _raw_params='{_touch(canary, 'arguments')}'",
        "at-file": "@/etc/shadow",
        "dash": "--extra-vars=@/etc/shadow",
        "interpreter": str(interpreter),
    }


def _characters(canary: Path) -> dict[str, str]:
    return {
        "nul": f"a\0{_jinja(canary, 'nul')}",
        "surrogate": f"\ud800{_jinja(canary, 'surrogate')}",
        "bom": f"\ufeff{_jinja(canary, 'bom')}",
        "bidi": f"\u202e{_jinja(canary, 'bidi')}\u2066",
        "escape": f"\x1b[2J\x1b]0;{_jinja(canary, 'escape')}\x07",
        "long": "{{" + "x" * 20_000 + "}}",
    }


def _values(canary: Path) -> dict[str, Json]:
    return {
        "unsafe-leaf": {"__ansible_unsafe": _jinja(canary, "unsafe-leaf")},
        "unsafe-container": {"__ansible_unsafe": [_jinja(canary, "unsafe-container")]},
        "unsafe-nested": {
            "__ansible_unsafe": {"__ansible_unsafe": _jinja(canary, "unsafe-nested")}
        },
        "unsafe-beside": [
            {"__ansible_unsafe": _jinja(canary, "unsafe-beside")},
            {"__ansible_type": "x"},
        ],
        "type": {"__ansible_type": "x", "value": _jinja(canary, "type")},
        "type-tagged": {
            "__ansible_type": "_AnsibleTaggedStr",
            "value": _jinja(canary, "tagged"),
            "tags": [],
        },
        "type-trusted": {
            "__ansible_type": "_AnsibleTaggedStr",
            "value": _jinja(canary, "trusted"),
            "tags": [{"__ansible_type": "TrustedAsTemplate"}],
        },
        "vault": {"__ansible_vault": _jinja(canary, "vault")},
        "vault-number": [{"__ansible_vault": 5}, _jinja(canary, "vault-number")],
        "huge-number": [10**400, _jinja(canary, "huge-number")],
    }


def _names(canary: Path, interpreter: Path) -> dict[str, Json]:
    proxy = f"-o ProxyCommand='{_touch(canary, 'name-proxy')}'"
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": str(interpreter),
        "ansible_ssh_common_args": proxy,
        "ansible_ssh_extra_args": proxy,
        "ansible_ssh_executable": str(interpreter),
        "ansible_shell_executable": str(interpreter),
        "ansible_become": True,
        "ansible_become_exe": str(interpreter),
        "ansible_playbook_python": str(interpreter),
        "ansible_host": f"{{{{ lookup('pipe', '{_touch(canary, 'name-host')}') }}}}",
        "hostvars": {"here": {"ansible_python_interpreter": str(interpreter)}},
        "vars": {"ansible_python_interpreter": str(interpreter)},
        "omit": f"{{{{ lookup('pipe', '{_touch(canary, 'name-omit')}') }}}}",
    }


def _base() -> dict[str, Json]:
    vm = {"name": "web", "vars": {"text": "x", "deep": {"deeper": {}}}, "metadata": {}, "tags": []}
    return {"version": 1, "vms": [vm]}


def _vm(**change: Json) -> dict[str, Json]:
    document = _base()
    vms = document["vms"]
    assert isinstance(vms, list)
    vms[0].update(change)
    return document


def _named(place: str, name: str, value: Json) -> dict[str, Json]:
    if place == "top":
        return {**_base(), name: value}
    if place == "vm":
        return _vm(**{name: value})
    return _vm(**{place: {name: value}})


PLACES: dict[str, Place] = {
    "name": lambda payload: _vm(name=payload),
    "value": lambda payload: _vm(vars={"text": payload}),
    "key": lambda payload: _vm(vars={str(payload): "x"}),
    "metadata": lambda payload: _vm(metadata={"note": payload}),
    "item": lambda payload: _vm(tags=["x", payload]),
    "nested": lambda payload: _vm(vars={"text": "x", "deep": {"deeper": {"deepest": [payload]}}}),
}


def _raw(canary: Path) -> list[Document]:
    """Files that make a lenient reader fall back from JSON to something that evaluates."""

    def one(name: str) -> str:
        return json.dumps(_vm(name=_jinja(canary, name)))

    texts = {
        "file-bom": "\ufeff" + one("file-bom"),
        "file-comma": one("file-comma")[:-1] + ",}",
        "file-comment": one("file-comment") + "\n# yes",
        "file-unsafe-tag": f'vms:\n- name: !unsafe "{_jinja(canary, "file-unsafe-tag")}"\n',
        "file-python-tag": f"vms: !!python/object/apply:os.system ['{_touch(canary, 'file-tag')}']",
        "file-two": one("file-two") + one("file-two"),
        "file-text": json.dumps(_jinja(canary, "file-text")),
        "file-list": json.dumps([_jinja(canary, "file-list")]),
        "file-nan": one("file-nan").replace('"version": 1', '"version": NaN'),
        "file-digits": one("file-digits").replace('"version": 1', '"version": ' + "9" * 5000),
        "file-deep": one("file-deep").replace('"version": 1', '"x": ' + "[" * 1200 + "]" * 1200),
        "file-twice": one("file-twice").replace('"version": 1', '"vms": [], "version": 1'),
        "file-raw-nul": one("file-raw-nul") + "\0",
        "file-empty": "",
        "file-jinja": _jinja(canary, "file-jinja"),
    }
    return [Document(name, text, refusable=True) for name, text in texts.items()]
