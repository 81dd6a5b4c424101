"""Text of a request document (YAML or JSON) → Config."""

from __future__ import annotations

from typing import Any

from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.domain.parse import parse_config, parse_config_json
from fuyajo.domain.request import Config
from fuyajo.domain.strict_json import MAX_BYTES, load_json


def config_from_text(text: str, is_json: bool = False) -> Config:
    """Raises `InvalidInput` with every problem. A document that begins with `{` is read as JSON."""
    if is_json or text.lstrip("\ufeff \t\r\n").startswith("{"):
        return parse_config_json(text)
    return parse_config(load_yaml(text))


def data_from_text(text: str, is_json: bool = False) -> Any:
    """What is written there, whether it is a request or not. Raises `InvalidInput` for what is neither."""
    if not is_json and not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return load_yaml(text)
    data, problems = load_json(text)
    if problems:
        raise InvalidInput(problems)
    return data


def load_yaml(text: str) -> Any:
    """Plain values. Raises `InvalidInput`."""
    if len(text) > MAX_BYTES:
        raise InvalidInput(Problem("", "too_large", {"limit": "1 MiB"}))
    import yaml

    try:
        return yaml.load(text, _loader())  # noqa: S506 - a SafeLoader, made stricter
    except yaml.YAMLError as error:
        detail = " ".join(str(error).split())
        raise InvalidInput(Problem("", "not_yaml", {"detail": shown(detail, 200)})) from error
    except RecursionError as error:
        raise InvalidInput(Problem("", "too_deep")) from error
    except ValueError as error:  # an impossible date, an integer beyond the digit limit
        raise InvalidInput(Problem("", "not_yaml", {"detail": shown(str(error), 200)})) from error


def text_from_data(data: Any) -> str:
    """Plain values as YAML, in the order that they have."""
    import yaml

    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100))


def _loader() -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """Safe types only, no aliases (they can multiply without end), no key twice."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.events.AliasEvent):
                event = self.peek_event()  # type: ignore[no-untyped-call]
                raise yaml.YAMLError(f"aliases are not accepted (line {event.start_mark.line + 1})")
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if not isinstance(key, str):
                    raise yaml.YAMLError(f"keys are text (line {key_node.start_mark.line + 1})")
                if key in seen:
                    raise InvalidInput(Problem("", "duplicate_key", {"key": shown(key)}))
                seen.add(key)
            return super().construct_mapping(node, deep)

    return Loader
