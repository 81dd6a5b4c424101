"""Request document → run document, for people who run the playbook by hand."""

from __future__ import annotations

DOCUMENTATION = """
name: fuyajo_spec
short_description: Validate a Fuyajo request and render it for the playbook
description:
  - Takes the document that C(fuyajo plan -f) takes, holds it against the host and returns the run document
    that C(playbooks/provision.yml) works on.
  - Needs the C(fuyajo) package in the Python that runs ansible-playbook.
options:
  _terms:
    description: The request, as a mapping.
    required: true
"""

EXAMPLES = """
- name: Render a request
  ansible.builtin.set_fact:
    run: "{{ lookup('fuyajo_spec', {'template': 'web-server'}) }}"
"""

RETURN = """
_raw:
  description: The run document.
  type: list
  elements: dict
"""

import json
import os
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):  # type: ignore[misc]
    """One run document per request."""

    def run(self, terms: list[Any], variables: Any = None, **_kwargs: Any) -> list[Any]:
        from fuyajo.domain.errors import FuyajoError
        from fuyajo.domain.parse import parse_config
        from fuyajo.service.byhand import document
        from fuyajo.service.context import local_actor

        try:
            actor = local_actor(os.environ)
            # Through JSON, so that Ansible's tagged types become plain data before they are checked.
            return [document(actor, parse_config(json.loads(json.dumps(t)))) for t in terms]
        except FuyajoError as error:
            lines = [f"{p.path or 'request'}: {p.message()} ({p.hint()})" for p in error.problems]
            raise AnsibleLookupError("; ".join(lines)) from error
