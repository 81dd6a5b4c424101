"""What the official suite expects to find at a server: its own texts, pictures, resources and prompts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mcp_types as types

IMAGE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
AUDIO = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="
TEMPLATE = "test://template/{id}/data"


def said(text: str) -> types.TextContent:
    return types.TextContent(text=text)


def image() -> types.ImageContent:
    return types.ImageContent(data=IMAGE, mime_type="image/png")


def embedded(uri: str, text: str, mime: str = "text/plain") -> types.EmbeddedResource:
    return types.EmbeddedResource(
        resource=types.TextResourceContents(uri=uri, text=text, mime_type=mime)
    )


#: Tools that answer the same to everybody.
ANSWERS: Mapping[str, tuple[types.ContentBlock, ...]] = {
    "test_simple_text": (said("This is a simple text response for testing."),),
    "test_image_content": (image(),),
    "test_audio_content": (types.AudioContent(data=AUDIO, mime_type="audio/wav"),),
    "test_embedded_resource": (
        embedded("test://embedded-resource", "This is an embedded resource content."),
    ),
    "test_multiple_content_types": (
        said("Multiple content types test:"),
        image(),
        embedded("test://mixed-content-resource", '{"test": "data"}', "application/json"),
    ),
}
RESOURCES: Mapping[str, types.TextResourceContents | types.BlobResourceContents] = {
    "test://static-text": types.TextResourceContents(
        uri="test://static-text",
        mime_type="text/plain",
        text="This is the content of the static text resource.",
    ),
    "test://static-binary": types.BlobResourceContents(
        uri="test://static-binary", mime_type="image/png", blob=IMAGE
    ),
    "test://watched-resource": types.TextResourceContents(
        uri="test://watched-resource", mime_type="text/plain", text="watched"
    ),
}
#: Prompt → the arguments it needs.
PROMPTS: Mapping[str, tuple[str, ...]] = {
    "test_simple_prompt": (),
    "test_prompt_with_arguments": ("arg1", "arg2"),
    "test_prompt_with_embedded_resource": ("resourceUri",),
    "test_prompt_with_image": (),
    "test_input_required_result_prompt": (),
}


def prompt(name: str, given: Mapping[str, str]) -> list[Any]:
    """The blocks of a prompt's messages."""
    if name == "test_prompt_with_arguments":
        told = f"arg1='{given.get('arg1')}', arg2='{given.get('arg2')}'"
        return [said(f"Prompt with arguments: {told}")]
    if name == "test_prompt_with_embedded_resource":
        found = embedded(given.get("resourceUri", ""), "Embedded resource content for testing.")
        return [found, said("Please process the embedded resource above.")]
    if name == "test_prompt_with_image":
        return [image(), said("Please analyze the image above.")]
    return [said("This is a simple prompt for testing.")]
