"""Every sentence Fuyajo itself says, in English and Japanese, by key."""

from __future__ import annotations

from typing import Literal

from fuyajo.domain.texts.alerts_en import EN as ALERTS_EN
from fuyajo.domain.texts.alerts_ja import JA as ALERTS_JA
from fuyajo.domain.texts.backups_en import EN as BACKUPS_EN
from fuyajo.domain.texts.backups_ja import JA as BACKUPS_JA
from fuyajo.domain.texts.conversations_en import EN as CONVERSATIONS_EN
from fuyajo.domain.texts.conversations_ja import JA as CONVERSATIONS_JA
from fuyajo.domain.texts.doctor_en import EN as DOCTOR_EN
from fuyajo.domain.texts.doctor_ja import JA as DOCTOR_JA
from fuyajo.domain.texts.drift_en import EN as DRIFT_EN
from fuyajo.domain.texts.drift_ja import JA as DRIFT_JA
from fuyajo.domain.texts.effects_en import EN as EFFECTS_EN
from fuyajo.domain.texts.effects_ja import JA as EFFECTS_JA
from fuyajo.domain.texts.en import EN
from fuyajo.domain.texts.gate_en import EN as GATE_EN
from fuyajo.domain.texts.gate_ja import JA as GATE_JA
from fuyajo.domain.texts.history_en import EN as HISTORY_EN
from fuyajo.domain.texts.history_ja import JA as HISTORY_JA
from fuyajo.domain.texts.hosts_en import EN as HOSTS_EN
from fuyajo.domain.texts.hosts_ja import JA as HOSTS_JA
from fuyajo.domain.texts.ja import JA
from fuyajo.domain.texts.jobs_en import EN as JOBS_EN
from fuyajo.domain.texts.jobs_ja import JA as JOBS_JA
from fuyajo.domain.texts.mcp_en import EN as MCP_EN
from fuyajo.domain.texts.mcp_ja import JA as MCP_JA
from fuyajo.domain.texts.page_alerts_en import EN as PAGE_ALERTS_EN
from fuyajo.domain.texts.page_alerts_ja import JA as PAGE_ALERTS_JA
from fuyajo.domain.texts.page_console_en import EN as PAGE_CONSOLE_EN
from fuyajo.domain.texts.page_console_ja import JA as PAGE_CONSOLE_JA
from fuyajo.domain.texts.page_expiry_en import EN as PAGE_EXPIRY_EN
from fuyajo.domain.texts.page_expiry_ja import JA as PAGE_EXPIRY_JA
from fuyajo.domain.texts.page_gate_en import EN as PAGE_GATE_EN
from fuyajo.domain.texts.page_gate_ja import JA as PAGE_GATE_JA
from fuyajo.domain.texts.page_history_en import EN as PAGE_HISTORY_EN
from fuyajo.domain.texts.page_history_ja import JA as PAGE_HISTORY_JA
from fuyajo.domain.texts.page_house_en import EN as PAGE_HOUSE_EN
from fuyajo.domain.texts.page_house_ja import JA as PAGE_HOUSE_JA
from fuyajo.domain.texts.page_images_en import EN as PAGE_IMAGES_EN
from fuyajo.domain.texts.page_images_ja import JA as PAGE_IMAGES_JA
from fuyajo.domain.texts.page_machines_en import EN as PAGE_MACHINES_EN
from fuyajo.domain.texts.page_machines_ja import JA as PAGE_MACHINES_JA
from fuyajo.domain.texts.page_people_en import EN as PAGE_PEOPLE_EN
from fuyajo.domain.texts.page_people_ja import JA as PAGE_PEOPLE_JA
from fuyajo.domain.texts.page_plan_en import EN as PAGE_PLAN_EN
from fuyajo.domain.texts.page_plan_ja import JA as PAGE_PLAN_JA
from fuyajo.domain.texts.page_rooms_en import EN as PAGE_ROOMS_EN
from fuyajo.domain.texts.page_rooms_ja import JA as PAGE_ROOMS_JA
from fuyajo.domain.texts.page_run_en import EN as PAGE_RUN_EN
from fuyajo.domain.texts.page_run_ja import JA as PAGE_RUN_JA
from fuyajo.domain.texts.page_talk_en import EN as PAGE_TALK_EN
from fuyajo.domain.texts.page_talk_ja import JA as PAGE_TALK_JA
from fuyajo.domain.texts.pages_en import EN as PAGES_EN
from fuyajo.domain.texts.pages_ja import JA as PAGES_JA
from fuyajo.domain.texts.planner_en import EN as PLANNER_EN
from fuyajo.domain.texts.planner_ja import JA as PLANNER_JA
from fuyajo.domain.texts.policy_en import EN as POLICY_EN
from fuyajo.domain.texts.policy_ja import JA as POLICY_JA
from fuyajo.domain.texts.remote_en import EN as REMOTE_EN
from fuyajo.domain.texts.remote_ja import JA as REMOTE_JA
from fuyajo.domain.texts.service_en import EN as SERVICE_EN
from fuyajo.domain.texts.service_ja import JA as SERVICE_JA
from fuyajo.domain.texts.sharing_en import EN as SHARING_EN
from fuyajo.domain.texts.sharing_ja import JA as SHARING_JA
from fuyajo.domain.texts.signin_en import EN as SIGNIN_EN
from fuyajo.domain.texts.signin_ja import JA as SIGNIN_JA
from fuyajo.domain.texts.snapshots_en import EN as SNAPSHOTS_EN
from fuyajo.domain.texts.snapshots_ja import JA as SNAPSHOTS_JA
from fuyajo.domain.texts.state_en import EN as STATE_EN
from fuyajo.domain.texts.state_ja import JA as STATE_JA
from fuyajo.domain.texts.suggest_en import EN as SUGGEST_EN
from fuyajo.domain.texts.suggest_ja import JA as SUGGEST_JA
from fuyajo.domain.texts.talk_en import EN as TALK_EN
from fuyajo.domain.texts.talk_ja import JA as TALK_JA
from fuyajo.domain.texts.trash_en import EN as TRASH_EN
from fuyajo.domain.texts.trash_ja import JA as TRASH_JA
from fuyajo.domain.texts.trust_en import EN as TRUST_EN
from fuyajo.domain.texts.trust_ja import JA as TRUST_JA
from fuyajo.domain.texts.vm_logs_en import EN as VM_LOGS_EN
from fuyajo.domain.texts.vm_logs_ja import JA as VM_LOGS_JA

Lang = Literal["en", "ja"]
TABLES: dict[Lang, dict[str, str]] = {
    "en": {
        **EN,
        **PLANNER_EN,
        **TALK_EN,
        **GATE_EN,
        **DOCTOR_EN,
        **TRUST_EN,
        **POLICY_EN,
        **TRASH_EN,
        **DRIFT_EN,
        **EFFECTS_EN,
        **SHARING_EN,
        **SERVICE_EN,
        **JOBS_EN,
        **STATE_EN,
        **CONVERSATIONS_EN,
        **REMOTE_EN,
        **SIGNIN_EN,
        **HOSTS_EN,
        **MCP_EN,
        **HISTORY_EN,
        **SUGGEST_EN,
        **ALERTS_EN,
        **BACKUPS_EN,
        **SNAPSHOTS_EN,
        **PAGE_HISTORY_EN,
        **PAGES_EN,
        **PAGE_RUN_EN,
        **PAGE_MACHINES_EN,
        **PAGE_HOUSE_EN,
        **PAGE_ROOMS_EN,
        **PAGE_ALERTS_EN,
        **PAGE_IMAGES_EN,
        **PAGE_GATE_EN,
        **PAGE_EXPIRY_EN,
        **PAGE_TALK_EN,
        **PAGE_PLAN_EN,
        **PAGE_PEOPLE_EN,
        **PAGE_CONSOLE_EN,
        **VM_LOGS_EN,
    },
    "ja": {
        **JA,
        **PLANNER_JA,
        **TALK_JA,
        **GATE_JA,
        **DOCTOR_JA,
        **TRUST_JA,
        **POLICY_JA,
        **TRASH_JA,
        **DRIFT_JA,
        **EFFECTS_JA,
        **SHARING_JA,
        **SERVICE_JA,
        **JOBS_JA,
        **STATE_JA,
        **CONVERSATIONS_JA,
        **REMOTE_JA,
        **SIGNIN_JA,
        **HOSTS_JA,
        **MCP_JA,
        **HISTORY_JA,
        **SUGGEST_JA,
        **ALERTS_JA,
        **BACKUPS_JA,
        **SNAPSHOTS_JA,
        **PAGE_HISTORY_JA,
        **PAGES_JA,
        **PAGE_RUN_JA,
        **PAGE_MACHINES_JA,
        **PAGE_HOUSE_JA,
        **PAGE_ROOMS_JA,
        **PAGE_ALERTS_JA,
        **PAGE_IMAGES_JA,
        **PAGE_GATE_JA,
        **PAGE_EXPIRY_JA,
        **PAGE_TALK_JA,
        **PAGE_PLAN_JA,
        **PAGE_PEOPLE_JA,
        **PAGE_CONSOLE_JA,
        **VM_LOGS_JA,
    },
}


def text(key: str, lang: Lang = "en", /, **params: object) -> str:
    """The sentence of that key; parameters are inserted literally, never parsed as a template."""
    return TABLES[lang][key].format_map(params)


def known(key: str) -> bool:
    return key in TABLES["en"]
