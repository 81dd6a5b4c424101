"""English texts of conversations: who answers and why, what was meant, the chat."""

EN: dict[str, str] = {
    # --- why this planner ------------------------------------------------------------------------
    "planner.asked": "{backend}, as asked for",
    "planner.replayed": "played back from {file}",
    "planner.auto_sure": "the rules are sure: {kind}",
    "planner.auto_cheapest": "the cheapest planner that passed the gate for this kind of wish "
    "({kind}: {percent} %)",
    "planner.auto_trusted": "no cheaper planner is sure of this wish ({kind})",
    "planner.auto_only": "no other planner is set up; the rules are only sure of: {classes}",
    "planner.auto_left": "no other planner can answer this; the rules are only sure of: {classes}",
    "planner.auto_from": "chosen for each wish among {backends}",
    "planner.auto_alone": "the rules; nothing else is set up ({why})",
    "planner.looked": "a question: looked up ({tools}), nothing planned",
    "planner.failed": "{backend} failed and another planner answered: {why}",
    "kind.none": "not understood",
    "kind.greeting": "a greeting",
    "kind.smalltalk": "small talk",
    "kind.question": "a question",
    "kind.create": "creating",
    "kind.power": "starting and stopping",
    "kind.resize": "resizing",
    "kind.delete": "deleting",
    "kind.snapshot": "snapshots",
    "kind.multi": "several wishes at once",
    "kind.underspecified": "something is missing",
    "kind.impossible": "cannot be done",
    "kind.context": "something said before",
    "kind.injection": "orders in quoted text",
    "kind.wrong-target": "names that nearly fit",
    "kind.mixed": "two languages",
    "kind.shape": "not plain words",
    # --- what was meant --------------------------------------------------------------------------
    "ui.reference": "{which} → {vms}",
    "ui.which.last_created": "“the one made last”",
    "ui.which.last_mentioned": "“it”",
    "ui.which.them": "“them”",
    "ui.which.all": "“all that fit”",
    "ui.which.named": "as named",
    # --- how it goes -----------------------------------------------------------------------------
    "ui.planner_spent": "{model} · {seconds} s · {input} + {output} tokens · {cost} USD",
    "ui.again": "(that reply was refused: {why} Asking once more.)",
    "problem.bad_conversation": "{value} is not a name for a conversation",
    "hint.bad_conversation": "a-z, 0-9 and hyphens, at most 32 characters",
    "problem.not_recorded": "nobody asked this when {file} was recorded",
    "hint.not_recorded": "record it: the same words with `--record {file} --backend claude`, on the same VMs",
    "problem.not_a_recording": "line {line} is no recorded answer",
    "hint.not_a_recording": "make a recording with `fuyajo plan --record FILE`",
    # --- fuyajo chat -----------------------------------------------------------------------------
    "chat.checking": "asking {backend} the known questions first (once a day) …",
    "chat.hello": "Say what you want; /help shows the commands.",
    "chat.help": """\
  /apply         carry the last plan out
  /plan          show the last plan again
  /new           forget what was said
  /backend NAME  who answers from now on: {backends}
  /quit          leave
Anything else is a wish or a question. Ctrl-C cancels an answer, twice it leaves.""",
    "chat.no_plan": "There is no plan yet.",
    "chat.new": "A new conversation.",
    "chat.backend": "From now on: {backend}",
    "chat.unknown": "There is no command {value}. /help shows them.",
    "chat.canceled": "Canceled; nothing was changed. (Ctrl-C again or /quit leaves.)",
    "chat.apply_with": "Carry it out:   /apply",
}
