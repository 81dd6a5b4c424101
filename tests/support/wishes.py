"""Replies in one line each, to be compared with what a page or a file says."""

from __future__ import annotations

import re

from fuyajo.domain.request import OperationRequest, Reply, Selector, VmRequest
from fuyajo.domain.texts import Lang
from fuyajo.planner.backends.rules.texts import TABLES


def lang_of(text: str) -> Lang:
    return "en" if text.isascii() else "ja"


def selector(select: Selector) -> str:
    words = [select.which, *select.names]
    words += [str(select.count)] if select.count > 1 else []
    words += [word for word in (select.template, select.state) if word]
    words += ["without", *select.without] if select.without else []
    return " ".join(words)


def created(vm: VmRequest) -> str:
    words = ["create"]
    words.append(f"like {selector(vm.like)}" if vm.like else vm.template)
    words += [vm.name] if vm.name else []
    words += [f"count={vm.count}"] if vm.count > 1 else []
    sizes = (("cpus", vm.cpus), ("memory", vm.memory), ("disk", vm.disk))
    words += [f"{key}={value}" for key, value in sizes if value is not None]
    words += [f'{key}="{value}"' for key, value in vm.vars.items()]
    return " ".join([*words, *(["off"] if vm.state == "stopped" else [])])


def operated(operation: OperationRequest) -> str:
    words = [operation.op, operation.vm or selector(operation.select or Selector(which="all"))]
    words += [operation.snapshot] if operation.snapshot else []
    sizes = (("cpus", operation.cpus), ("memory", operation.memory), ("disk", operation.disk))
    return " ".join([*words, *(f"{key}={value}" for key, value in sizes if value is not None)])


def result_of(reply: Reply, lang: Lang) -> str:
    """ "create web-server hello memory=1024; stop web", or "asks which_vm"."""
    if reply.config is not None:
        parts = [created(vm) for vm in reply.config.vms]
        return "; ".join(parts + [operated(o) for o in reply.config.operations])
    table = TABLES[lang]
    whole = {
        key: text for key, text in table.items() if not re.match(r"plan|example|row|and$", key)
    }
    fits = [key for key, text in whole.items() if _is(text, reply.message)]
    return f"asks {max(fits, key=lambda key: len(table[key]), default='?')}"


def _is(template: str, message: str) -> bool:
    pattern = re.sub(r"\\\{[a-z]+\\\}", ".*", re.escape(template))
    return re.fullmatch(pattern, message, re.DOTALL) is not None
