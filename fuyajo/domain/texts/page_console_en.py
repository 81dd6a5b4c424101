"""The console of a machine, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "problem.console_in_use": "the console is in use already",
    "hint.console_in_use": "a machine has one serial console: wait, or take it over if the machine is yours",
    "problem.console_off": "{value} does not run, so its console says nothing",
    "hint.console_off": "start it: `fuyajo vm start {value}`",
    "problem.console_many": "you have {value} consoles open, and more are not allowed",
    "hint.console_many": "close one of them",
    "problem.screen_none": "this machine shows no screen",
    "hint.screen_none": "start it if it is off; one without a video device has only its serial console",
    "page.console.title": "Console of {value}",
    "page.console.heading": "Serial console",
    "page.console.back": "Leave, to {value}",
    "page.console.screen": "Screen",
    "page.console.off": "{value} does not run.",
    "page.console.to_start": "Start it on its page",
    "page.console.again": "Connect",
    "page.console.take": "Take over",
    "page.console.end": "Disconnect",
    "page.console.reader": "For screen readers",
    "page.console.region": "Console of {value}",
    "page.console.keys": (
        "Every key goes to the machine, Tab too. Ctrl+] (or Ctrl+Shift+Esc) leaves the console."
    ),
    "page.console.limits": (
        "It closes after {minutes} minutes without a key. "
        "That you opened it is in the audit, what you type is not."
    ),
    "page.console.plain": "In a terminal",
    "page.console.plain_how": "The console in this page needs scripts. On the hypervisor this does the same:",
    "page.console.plain_leave": "Ctrl+] leaves it.",
    "page.console.desk": "Console and screen",
    "page.console.open": "Open the console",
    "page.console.shot": "What the screen of {value} shows now",
    "page.console.shot_again": "Look again",
    "page.console.input": "Keys for the machine",
    "page.console.much": "More was printed than can be read aloud.",
    "page.console.connecting": "connecting …",
    "page.console.connected": "connected",
    "page.console.closed": "closed",
    "page.console.lost": "The connection was lost, or you are signed out. Connect again, or sign in.",
    "page.console.ended": "You have disconnected.",
    "page.console.left_out": "{n} bytes were printed faster than they could be shown, and are left out",
    "page.console.why.left": "You have disconnected.",
    "page.console.why.idle": "Closed: no key was pressed for a long time.",
    "page.console.why.signed_out": "Closed: you are signed out.",
    "page.console.why.rights": "Closed: the machine is not shared with you any more.",
    "page.console.why.stopped": "Closed: the machine has stopped.",
    "page.console.why.taken": "Closed: somebody took the console over, or the host closed it.",
    "page.console.why.lost": "Closed: the host does not answer.",
    "page.console.why.ending": "Closed: the service is being restarted. Connect again in a moment.",
    "page.console.why.slow": "Closed: this browser took nothing for half a minute.",
}
