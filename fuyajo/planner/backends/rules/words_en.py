"""English phrases, by meaning. Longest match wins; phrases are separated by bars."""

from __future__ import annotations

from fuyajo.planner.backends.rules.tokens import K

ROWS: tuple[tuple[K, str, str], ...] = (
    (K.CREATE, "", "create|build|provision|deploy|set up|setup|spin up|stand up|creating"),
    (K.CREATE, "", "give me|get me|make me|bring me"),
    (K.AMBIGUOUS, "make", "make"),
    (K.AMBIGUOUS, "run", "launch|run|fire up"),
    (K.AMBIGUOUS, "add", "add"),
    (K.OP, "start", "start|start up|boot|boot up|power on|power up|turn on|switch on|bring up"),
    (K.OP, "stop", "stop|shut down|shutdown|power off|power down|turn off|switch off|poweroff"),
    (K.OP, "stop", "halt|take down|bring down"),
    (K.OP, "restart", "restart|reboot|power cycle"),
    (K.OP, "delete", "delete|remove|destroy|get rid of"),
    (K.OP, "resize", "resize|change|set|give|increase|decrease|reduce|upgrade|downgrade|update"),
    (K.OP, "resize", "scale|expand|grow|shrink|bump|raise|lower|enlarge|extend"),
    (K.SPLIT, "turn", "turn"),
    (K.SPLIT, "shut", "shut"),
    (K.SPLIT, "power", "power"),
    (K.SPLIT, "switch", "switch"),
    (K.SPLIT, "bring", "bring"),
    (K.SPLIT, "take", "take"),
    (K.PARTICLE, "off", "off"),
    (K.PARTICLE, "on", "on"),
    (K.PARTICLE, "up", "up"),
    (K.PARTICLE, "down", "down"),
    (K.WANT, "", "i want|i need|i'd like|i would like|we want|we need|we'd like|we would like"),
    (K.WANT, "", "can i have|could i have|may i have|can i get|could i get|can we have"),
    (K.LIST, "", "list|show|show me|what is running|what's running|which vms|status|my vms"),
    (K.LIST, "", "what vms|what do i have|which vm|is running|is stopped|are running|overview"),
    (K.GREET, "", "hello|hi|hey|good morning|good evening|good afternoon|hola|yo|greetings|hiya"),
    (K.GREET, "", "hello there|hi there|hey there|hello fuyajo|hi fuyajo|howdy|hallo|bonjour"),
    (K.THANKS, "", "thanks|thank you|thank you very much|thanks a lot|thx|cheers|many thanks"),
    (K.THANKS, "", "thank you so much|ty"),
    (
        K.SMALL,
        "",
        "ok|okay|great|great job|good job|nice|cool|lol|bye|goodbye|good night|well done",
    ),
    (K.SMALL, "", "yes|yep|sure|awesome|sorry|good|wow|haha|how are you|how's it going|see you"),
    (K.HELP, "", "help|help me|what can you do|who are you|fuyajo"),
    (K.PLEASE, "", "please|pls|plz|kindly"),
    (K.POLITE, "", "can you|could you|would you|will you|can you please|could you please"),
    (K.POLITE, "", "would you mind|would you please|could we have"),
    (K.NOUN, "one", "vm|server|machine|virtual machine|virtual server|instance|box|guest"),
    (K.NOUN, "many", "vms|servers|machines|virtual machines|virtual servers|instances|guests"),
    (K.TEMPLATE, "web-server", "web server|webserver|web-server|website|web site|nginx"),
    (K.TEMPLATE, "web-server", "nginx server|web page|webpage|http server|nginx web server"),
    (K.TEMPLATE, "web-server", "web servers|webservers|websites|nginx servers|web server vm"),
    (K.TEMPLATE, "basic-server", "basic server|plain server|basic-server|plain vm|debian server"),
    (K.TEMPLATE, "basic-server", "debian vm|basic vm|empty server|empty vm|debian machine"),
    (K.TEMPLATE, "basic-server", "basic servers|plain servers|plain vms|debian servers|basic vms"),
    (K.TEMPLATE, "basic-server", "plain debian server|plain debian vm|plain machine|debian box"),
    (K.MEMORY, "", "memory|ram|mem"),
    (K.DISK, "", "disk|storage|disk space|hard disk|hard drive|disc|drive|ssd|disk size"),
    (K.CPU, "", "cpu|cpus|core|cores|vcpu|vcpus|cpu core|cpu cores|processor|processors"),
    (K.CPU, "", "virtual cpu|virtual cpus|virtual cores|vcore|vcores"),
    (K.NAMED, "", "called|named|name it|call it|whose name is|with the name|by the name of"),
    (K.NAMED, "", "with name|name is|its name is|the name is|call them|name them|hostname"),
    (K.TITLE, "message", "saying|that says|which says|with the message|with the text|reading"),
    (K.TITLE, "message", "with a message|that reads|with message|that shows"),
    (K.TITLE, "title", "with the title|titled|with title|with the heading|with a title"),
    (K.TITLE, "motd", "with the motd|with motd|motd|with the login message"),
    (K.AND, "", "and|as well as|plus"),
    (K.THEN, "", "then|and then|after that|afterwards|next|finally"),
    (K.WITH, "", "with|having|that has|which has|that have|has|have|w"),
    (K.ALL, "", "all|every one|everything|all of them|all of my|all my|all the|all of the"),
    (K.PRONOUN, "", "it|that|this|that one|this one|them|these|those|both|the other|the last one"),
    (K.PRONOUN, "", "each one|one of them|the same"),
    (K.DET, "", "a|an|the|my|another|our|one of my|new|a new|the new"),
    (K.FILL, "", "of|for|to|me|us|for me|for us|now|right now|also|too|just|each|just now|simple"),
    (K.FILL, "", "i want to|i'd like to|i would like to|i need to|i want you to|we need to|let's"),
    (K.FILL, "", "debian|plain|basic|fresh|right away|immediately|apiece"),
    (K.FILL, "", "for testing|for a test|size|amount|is|go ahead and|quickly"),
    (K.NEGATION, "", "not|don't|dont|do not|never|no|cannot|can't|won't|shouldn't|except|without"),
    (K.NEGATION, "", "instead|neither|nor|nothing|avoid|but|rather|other than|nevermind|cancel"),
    (K.NEGATION, "", "never mind|isn't|doesn't|didn't|none|unlike|apart from|wait"),
    (K.QUESTION, "", "what|how|why|where|who|which|whose|should|can i|could i|may i|do i|does|do"),
    (K.QUESTION, "", "are|am|is it|is there|are there|what's|how's|who's|explain|can it|can we"),
    (K.QUESTION, "", "tell me|is the|can fuyajo|possible|difference|would it|describe"),
    (K.TIME, "", "tomorrow|tonight|later|today|yesterday|every|daily|hourly|weekly|nightly|when"),
    (K.TIME, "", "whenever|until|unless|before|after|once|soon|monday|tuesday|wednesday|while"),
    (K.TIME, "", "thursday|friday|saturday|sunday|morning|evening|night|noon|midnight|minutes"),
    (K.TIME, "", "hours|hour|minute|days|day|week|month|am|pm|o'clock|temporarily|automatically"),
    (K.PAST, "", "deleted|removed|destroyed|created|stopped|started|restarted|resized|made|was"),
    (K.PAST, "", "were|had|did|already|rebooted|built|wrote|said|told|went|has been|been"),
    (K.IF, "", "if|would|suppose|imagine|maybe|perhaps|might|hypothetically|what if|assume|or"),
    (K.IF, "", "pretend|let me think|thinking|wonder|considering|either|could|probably|unsure"),
    (K.UNSUPPORTED, "", "snapshot|snapshots|backup|backups|back up|restore|revert|roll back"),
    (K.UNSUPPORTED, "", "windows|macos|mac os|ubuntu|fedora|centos|rocky|alma|arch|alpine|suse"),
    (K.UNSUPPORTED, "", "redhat|red hat|rhel|freebsd|openbsd|kubernetes|k8s|k3s|docker|podman"),
    (K.UNSUPPORTED, "", "container|containers|cluster|clusters|node|nodes|database|databases"),
    (K.UNSUPPORTED, "", "postgres|postgresql|mysql|mariadb|mongodb|redis|sqlite|oracle|kafka"),
    (K.UNSUPPORTED, "", "gpu|gpus|nvidia|amd|cuda|firewall|network|networks|vlan|vpn|subnet|ip"),
    (K.UNSUPPORTED, "", "port|ports|domain|dns|https|ssl|tls|certificate|bridge|router|proxy"),
    (K.UNSUPPORTED, "", "load balancer|loadbalancer|only|reach|access|isolated|private|public"),
    (K.UNSUPPORTED, "", "host|hosts|hypervisor|migrate|move|clone|copy|duplicate|rename|pause"),
    (K.UNSUPPORTED, "", "suspend|resume|install|reinstall|php|python|java|ruby|node.js|nodejs|go"),
    (K.UNSUPPORTED, "", "wordpress|apache|caddy|minecraft|mail|email|ftp|smtp|jenkins|gitlab|ssh"),
    (K.UNSUPPORTED, "", "user|users|password|aws|azure|gcp|cloud|s3|x86|arm64|amd64|ipv6|usb"),
    (K.VAGUE, "", "bigger|larger|smaller|faster|slower|more|less|extra|additional|double|half"),
    (K.VAGUE, "", "some|few|a few|several|couple|a couple|a couple of|many|lots|lots of|big|small"),
    (K.VAGUE, "", "large|huge|tiny|fast|powerful|twice|triple|by|enough|better|some more|dozen"),
    (K.VAGUE, "", "about|around|roughly|at least|at most|up to|something|anything|stuff|medium"),
    (
        K.INJECTION,
        "",
        "ignore|disregard|forget|instructions|previous instructions|prompt|jailbreak",
    ),
    (K.INJECTION, "", "override|bypass|admin mode|root mode|you are now|developer mode|system"),
)

_NUMBER_WORDS = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    "|sixteen|seventeen|eighteen|nineteen|twenty"
)
NUMBERS = {word: number for number, word in enumerate(_NUMBER_WORDS.split("|"))}


def _table() -> dict[tuple[str, ...], tuple[K, str]]:
    return {
        tuple(phrase.split()): (kind, value)
        for kind, value, phrases in ROWS
        for phrase in phrases.split("|")
    }


PHRASES = _table()
LONGEST = max(map(len, PHRASES))
#: "turn web off": the verb and its particle, with the name in between.
SPLIT_OPS = {
    ("turn", "off"): "stop",
    ("turn", "on"): "start",
    ("shut", "down"): "stop",
    ("shut", "off"): "stop",
    ("power", "off"): "stop",
    ("power", "down"): "stop",
    ("power", "on"): "start",
    ("power", "up"): "start",
    ("switch", "off"): "stop",
    ("switch", "on"): "start",
    ("bring", "up"): "start",
    ("bring", "down"): "stop",
    ("take", "down"): "stop",
}
#: What may stand right behind a number without a space: 2cores, 2x.
GLUED = frozenset({"core", "cores", "cpu", "cpus", "vcpu", "vcpus"})
#: What a number may be glued to: CPU2, memory4GB.
LABELS = frozenset({"cpu", "vcpu", "memory", "ram", "disk"})
