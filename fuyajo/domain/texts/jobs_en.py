"""Jobs, calls with a key, users and tokens at the terminal, schedules, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "problem.job_process": "no process could be started for this run: {detail}",
    "hint.job_process": "nothing was changed; apply the plan again when the machine has room",
    "problem.job_broken": "something went wrong inside Fuyajo ({detail})",
    "hint.job_broken": "the worker's log says more; `fuyajo run show` tells what was done",
    "problem.job_service_stopped": "the worker {value} was stopped",
    "hint.job_service_stopped": "apply the plan again to continue",
    "problem.user_disabled": "the user {value} is disabled",
    "hint.user_disabled": "`fuyajo user enable {value}` lets them in again",
}
