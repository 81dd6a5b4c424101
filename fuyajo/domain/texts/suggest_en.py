"""English sentences of suggestions."""

EN: dict[str, str] = {
    "problem.suggestion_not_found": "nothing like {value} is suggested now",
    "hint.suggestion_not_found": "`fuyajo suggest` shows what is",
    "ui.suggest.none": "nothing to suggest: what was measured gives no reason, or not enough was measured",
    "ui.suggest.next": "a plan of one of them: fuyajo suggest --plan NUMBER",
    "ui.suggest.unknown": "unknown",
    "ui.suggest.do.idle": "{vm}: stop",
    "ui.suggest.do.no_backup": "{vm}: make a backup",
    "ui.suggest.do.backup_old": "{vm}: make a backup",
    "ui.suggest.why.no_backup": "it is there for {age_days} days, and has no good backup",
    "ui.suggest.why.backup_old": "the newest of its good backups ({backups}) is {age_days} days old",
    "ui.suggest.do.snapshot_old": "{vm}: take a snapshot",
    "ui.suggest.measured": "from {since} to {until}, of which {share} % were measured",
    "ui.suggest.why.disk_full": "its disk takes {taken_gib} of {disk_gib} GiB on the host",
    "ui.suggest.why.disk_fills": "its disk takes {taken_gib} of {disk_gib} GiB on the host, "
    "{a_day_gib} GiB more "
    "each day; all of it in {full_days} days",
    "ui.suggest.why.memory_up": "{limit_percent} % or more of its memory is in use for "
    "{share_percent} % of the "
    "time, on {busy_days} days; {mean_percent} % in the mean",
    "ui.suggest.why.memory_rises": "{now_percent} % of its memory is in use, {a_day_percent} % more "
    "each day; all "
    "of it in {full_days} days. More memory only buys time: something in the guest does not give it back",
    "ui.suggest.why.cpu_up": "{limit_percent} % or more of its CPUs is in use for {share_percent} % "
    "of the time, on "
    "{busy_days} days; {mean_percent} % in the mean",
    "ui.suggest.why.host_memory": "running machines were given {given_mib} MiB, and their host has "
    "{host_mib}; this "
    "one never used more than {most_mib} of its {memory_mib} MiB",
    "ui.suggest.why.idle": "for {rank_percent} % of the time not more than {cpu_percent} % of its "
    "CPUs; bytes per "
    "second: {net_sent_bytes} sent, {disk_read_bytes} read, {disk_written_bytes} written",
    "ui.suggest.why.memory_down": "it never used more than {most_mib} of its {memory_mib} MiB",
    "ui.suggest.why.cpu_down": "for 99 % of the time not more than {mean_percent} % of its CPUs, and "
    "{peak_percent} % for a moment",
    "ui.suggest.why.snapshot_old": "the newest of its snapshots ({snapshots}) is {age_days} days old",
    "problem.suggest_days": "{value} days are too few or too many: from 1 to {limit}",
    "hint.suggest_days": "for example 30",
    "problem.suggest_both": "one of --plan and --dismiss",
    "hint.suggest_both": "make its plan, or do not show it for a while",
    "ui.suggest.dismissed": "{id} is not shown for {days} days; `fuyajo suggest --all` shows it.",
    "page.suggest.suggestions": "Suggestions",
    "page.suggest.what": (
        "What was measured of your machines speaks for these. Nothing happens before you apply a plan."
    ),
    "page.suggest.none": "Nothing to suggest.",
    "page.suggest.plan": "Make the plan",
    "page.suggest.plan_it": "Make the plan: {what}",
    "page.suggest.dismiss": "Not now",
    "page.suggest.dismiss_it": "Do not show for {days} days: {what}",
    "page.suggest.all": "Show dismissed ones too",
    "page.house.done_suggestion_dismissed": "It is not shown for a while.",
}
