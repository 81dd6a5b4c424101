"""How planners are reached, by the settings."""

from __future__ import annotations

from fuyajo.planner.registry import (
    AnthropicSettings,
    BackendSettings,
    ClaudeSettings,
    OpenAiSettings,
)
from fuyajo.service.context import Actor


def backend_settings(actor: Actor) -> BackendSettings:
    """How this actor's planners are reached."""
    settings, deadlines = actor.settings, actor.settings.deadlines
    claude = ClaudeSettings(
        binary=settings.claude_binary,
        token_file=settings.claude_token_file,
        model=settings.claude_model,
        base_url=settings.claude_base_url,
        credential=settings.claude_credential,
        deadline_s=deadlines.get("claude", ClaudeSettings.deadline_s),
    )
    anthropic = AnthropicSettings(
        token_file=settings.anthropic_token_file,
        model=settings.anthropic_model or AnthropicSettings.model,
        base_url=settings.anthropic_base_url or AnthropicSettings.base_url,
        deadline_s=deadlines.get("anthropic", AnthropicSettings.deadline_s),
    )
    openai = OpenAiSettings(
        base_url=settings.openai_base_url,
        model=settings.openai_model,
        token_file=settings.openai_token_file,
        deadline_s=deadlines.get("openai", OpenAiSettings.deadline_s),
    )
    return BackendSettings(claude=claude, anthropic=anthropic, openai=openai)
