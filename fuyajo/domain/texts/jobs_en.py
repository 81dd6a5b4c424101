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
    "problem.call_key": "“{value}” is no key for a call",
    "hint.call_key": "1 to 128 visible ASCII characters, a new random one for each call",
    "problem.call_other": "the key {value} belongs to another call of yours",
    "hint.call_other": "take a new key for every call; the same one only to ask the same again",
    "problem.call_in_flight": "this call is being answered at this moment",
    "hint.call_in_flight": "ask again in {seconds} s with the same key",
    "problem.call_secret": "this call was answered already, with a secret that is shown only once",
    "hint.call_secret": "take back what it made if the answer is lost, and make a new one",
}
