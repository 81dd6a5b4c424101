"""The tables of `fuyajo.db`. Whoever changes one adds a migration beside it. Times are UTC, ISO 8601."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, MetaData, Table

from fuyajo.store.columns import moment as _moment
from fuyajo.store.columns import number as _number
from fuyajo.store.columns import raw as _raw
from fuyajo.store.columns import text as _text

METADATA = MetaData()


#: One consent of a principal to one digest; `used` is the run that it let through.
APPROVALS = Table(
    "approvals",
    METADATA,
    _text("id", key=True),
    _text("plan"),
    _text("digest"),
    _text("owner"),
    _text("by"),
    _text("kind"),
    _text("door"),
    _text("verdict"),
    _text("note"),
    _text("created"),
    _text("expires"),
    _text("used", null=True),
    CheckConstraint("verdict IN ('approved', 'rejected')", name="verdict"),
    Index("approvals_plan", "owner", "plan"),
)

#: Append-only: triggers refuse UPDATE, DELETE and any row but the next. `hash` covers `body` and `prev`.
AUDIT = Table(
    "audit",
    METADATA,
    _number("seq", key=True),
    _text("at"),
    _text("actor"),
    _text("body"),
    _text("prev"),
    _text("hash"),
)

#: What a run that goes on will leave on its owner's account, one row for each object that it makes or grows.
CLAIMS = Table(
    "claims",
    METADATA,
    _text("run", key=True),
    _text("name", key=True),
    _text("by"),
    _text("owner"),
    _text("host"),
    _number("generation"),
    _number("vms", default=0),
    _number("cpus", default=0),
    _number("memory_mib", default=0),
    _number("disk_gib", default=0),
    _number("running_mib", default=0),
    _number("pool_gib", default=0),
    _number("snapshots", default=0),
    _number("trash_gib", default=0),
    _text("created"),
    Index("claims_owner", "owner"),
)

#: The last generation of each owner's account: it grows with every claim.
ACCOUNTS = Table("accounts", METADATA, _text("owner", key=True), _number("generation"))

#: What a run made or touched, beside the owner in the domain's own metadata.
OBJECTS = Table(
    "objects",
    METADATA,
    _text("uuid", key=True),
    _text("host"),
    _text("name"),
    _text("owner"),
    _text("state"),
    _text("run", null=True),
    _text("created"),
    _text("updated"),
    CheckConstraint("state IN ('there', 'trash', 'gone')", name="state"),
    Index("objects_owner", "owner"),
)

#: Who else may see or operate a machine. `grantee` is `user:NAME` or `group:NAME`.
SHARES = Table(
    "shares",
    METADATA,
    _text("uuid", key=True),
    _text("grantee", key=True),
    _text("owner"),
    _text("rights"),
    _text("created"),
    CheckConstraint("rights IN ('read', 'operate')", name="rights"),
)

#: The machine's document as it was when a run of ours last left it: what drift is measured against.
BASELINES = Table(
    "baselines",
    METADATA,
    _text("uuid", key=True),
    _text("owner"),
    _text("name"),
    _text("run", null=True),
    _text("taken"),
    _text("document"),
)

#: How long each machine ran in each calendar month (UTC, `2026-11`), and the last look at it that counted.
#: Of the rows of a machine at most the newest is `running` (1).
USAGE = Table(
    "usage",
    METADATA,
    _text("uuid", key=True),
    _text("month", key=True),
    _text("owner", key=True),
    _text("host", key=True),
    _number("seconds"),
    _text("seen"),
    _number("running"),
    Index("usage_owner", "owner", "month"),
    Index("usage_host", "host", "month"),
)

#: Who may sign in. `password` is an argon2id hash.
USERS = Table(
    "users",
    METADATA,
    _text("name", key=True),
    _number("admin", default=0),
    _number("disabled", default=0),
    _text("password", null=True),
    _text("created"),
)

#: What opens the service: the SHA-256 of each secret, never the secret.
TOKENS = Table(
    "tokens",
    METADATA,
    _text("id", key=True),
    _text("user"),
    _text("label"),
    _text("digest"),
    _text("scopes"),
    _text("created"),
    _text("expires", null=True),
    _text("used", null=True),
    Index("tokens_digest", "digest", unique=True),
    Index("tokens_user", "user"),
)

#: Who somebody is at an issuer of OpenID Connect, and here; `made`: the account came by that sign-in.
IDENTITIES = Table(
    "identities",
    METADATA,
    _text("issuer", key=True),
    _text("subject", key=True),
    _text("user"),
    _number("made", default=0),
    _text("created"),
    Index("identities_user", "user"),
)

#: Codes that give a sign-in to a terminal, once: the SHA-256 of each, and what its verifier must hash to.
HANDOVERS = Table(
    "handovers",
    METADATA,
    _text("digest", key=True),
    _text("user"),
    _text("challenge"),
    _text("until"),
)

#: One row for each run that was asked for: the truth about it. Times are UTC, ISO 8601.
JOBS = Table(
    "jobs",
    METADATA,
    _text("run", key=True),
    _text("owner"),
    _text("plan", null=True),
    _text("state"),
    _number("priority", default=0),
    _number("fence", default=0),
    _text("worker", null=True),
    _text("lease", null=True),
    _text("locks"),
    _text("consent", null=True),
    _text("reason"),
    _text("failure", null=True),
    _text("created"),
    _text("started", null=True),
    _text("finished", null=True),
    _text("wanted", null=True),
    _number("check", null=True),
    _text("trace", null=True),
    _text("host", null=True),
    _text("door", null=True),
    Index("jobs_state", "state", "priority", "created"),
    Index("jobs_owner", "owner", "state"),
)

#: The answer to a mutating call that was made with a key: the same call again gets the same answer.
CALLS = Table(
    "calls",
    METADATA,
    _text("user", key=True),
    _text("key", key=True),
    _text("digest"),
    _number("status", null=True),
    _text("answer", null=True),
    _text("created"),
)

#: Runs that begin by themselves: a cron expression in a time zone and what to plan then.
SCHEDULES = Table(
    "schedules",
    METADATA,
    _text("id", key=True),
    _text("owner"),
    _text("title"),
    _text("cron"),
    _text("zone"),
    _text("request"),
    _number("enabled", default=1),
    _text("next"),
    _text("last", null=True),
    _text("outcome", null=True),
    _text("created"),
    Index("schedules_next", "enabled", "next"),
)

#: Plans where several machines share them; with the file `fuyajo.db` they are files too. `run` took it.
PLANS = Table(
    "plans",
    METADATA,
    _text("owner", key=True),
    _text("id", key=True),
    _text("body"),
    _text("created"),
    _text("run", null=True),
)

#: Records of runs where several machines share them.
RECORDS = Table(
    "records",
    METADATA,
    _text("run", key=True),
    _text("owner"),
    _text("status"),
    _text("body"),
    Index("records_owner", "owner", "run"),
)
#: What happened in runs, a line of JSON each.
EVENTS = Table("events", METADATA, _text("run", key=True), _number("seq", key=True), _text("line"))

#: The key pair with which a user's runs enter that user's guests, where any of several machines may have to.
SSH_KEYS = Table("ssh_keys", METADATA, _text("owner", key=True), _text("private"), _text("public"))
#: Conversations of users of the service.
TALKS = Table(
    "talks",
    METADATA,
    _text("id", key=True),
    _text("owner"),
    _text("title"),
    _text("created"),
    _text("updated"),
    Index("talks_owner", "owner", "updated"),
    Index("talks_updated", "updated"),
)

#: One question each and what came of it. `until`: a turn that is still `answering` then has lost its service.
#: `answer`, `problems`, `planner`, `made` and `touched` are JSON; `events` is the number of the last event.
TURNS = Table(
    "turns",
    METADATA,
    _text("talk", key=True),
    _number("n", key=True),
    _text("owner"),
    _text("state"),
    _text("words"),
    _text("reply"),
    _text("planner", null=True),
    _text("plan", null=True),
    _text("made"),
    _text("touched"),
    _text("answer", null=True),
    _text("problems"),
    _number("events", default=0),
    _text("created"),
    _text("until"),
    _text("finished", null=True),
    Index("turns_state", "state", "owner"),
    Index("turns_owner", "owner"),
)
#: What is said in answers that are being written, where several services share the database: a few events
#: each as JSON, up to the number `last`.
PIECES = Table(
    "pieces",
    METADATA,
    _text("talk", key=True),
    _number("n", key=True),
    _number("last", key=True),
    _text("body"),
)
#: Workers, when each was last seen, and the hypervisors that it works for (by line; empty: all of them).
WORKERS = Table("workers", METADATA, _text("name", key=True), _text("hosts"), _text("seen"))

#: Who measures the machines of a hypervisor, and until when nobody else does.
COLLECTORS = Table("collectors", METADATA, _text("host", key=True), _text("by"), _moment("until"))
#: What was measured and is not folded into `samples` yet: all machines of a host at one moment.
ROUNDS = Table("rounds", METADATA, _text("host", key=True), _moment("at", key=True), _raw("body"))
#: What was measured of one machine, from `start` on: `tier` 0 as it was, 1 by the minute, 2 by ten minutes.
SAMPLES = Table(
    "samples",
    METADATA,
    _text("uuid", key=True),
    _number("tier", key=True),
    _moment("start", key=True),
    _raw("body"),
    Index("samples_start", "tier", "start"),
)

#: Calls of assistants in the last minute, in microseconds since 1970; `mark` is a digest of what was called.
ASSISTANT_CALLS = Table(
    "assistant_calls",
    METADATA,
    _text("caller", key=True),
    _moment("at", key=True),
    _text("mark"),
    Index("assistant_calls_at", "at"),
)
#: Who has read lately what a guest wrote.
ASSISTANT_READS = Table("assistant_reads", METADATA, _text("caller", key=True), _moment("at"))
#: What a person was asked through an assistant's client, and not answered yet.
ASSISTANT_QUESTIONS = Table(
    "assistant_questions",
    METADATA,
    _text("id", key=True),
    _text("caller"),
    _text("mark"),
    _text("owner"),
    _text("plan"),
    _text("digest"),
    _moment("until"),
)

#: Rules about what is measured; `body` is JSON: the rule, the machines that it is about, and its channels.
ALERTS = Table(
    "alerts",
    METADATA,
    _text("id", key=True),
    _text("owner"),
    _text("title"),
    _text("body"),
    _number("enabled"),
    _moment("created"),
    Index("alerts_owner", "owner"),
)
#: How a rule stands with one machine, as JSON.
ALERT_STATES = Table(
    "alert_states",
    METADATA,
    _text("alert", key=True),
    _text("uuid", key=True),
    _text("name"),
    _text("body"),
)
#: What a channel has to be told and did not take yet; `error` is of the last try.
ALERT_MESSAGES = Table(
    "alert_messages",
    METADATA,
    _text("id", key=True),
    _text("alert"),
    _text("owner"),
    _text("channel"),
    _text("body"),
    _moment("created"),
    _moment("due"),
    _number("tries"),
    _text("error", null=True),
    Index("alert_messages_due", "due"),
)

#: Suggestions that somebody does not want to see until then.
DISMISSALS = Table(
    "dismissals",
    METADATA,
    _text("owner", key=True),
    _text("uuid", key=True),
    _text("rule", key=True),
    _moment("until"),
)
