"""What may and what may not stand beside an order, as plain tables."""

from __future__ import annotations

#: In front of anything.
OPENINGS = """
 dear support|hello support|hi support|hey support|dear admin
 dear admins|hi admins|hi admin|hello admin|dear colleagues
 hi everyone|hello everyone
 dear sysadmins|dear it team|hello all|hi ops|hey ops|dear ops team|hi colleagues|dear helpdesk
 hi|hello|hey|hi there|hello there|hey there|hi all|hi team|hello team|hey team|hey folks|hi folks
 good morning|good afternoon|good evening|good day|morning|greetings|dear all|dear team|hi fuyajo
 hello fuyajo|hey fuyajo|fuyajo|ok|okay|alright|all right|well|right|so|and|then|also|now|next
 first|second|third|finally|lastly|last|anyway|oh|ah|hm|hmm|uh|um|oops|sorry|excuse me|yes|yep
 yeah|sure|great|good|fine|cool|perfect|quick one|one thing|one more thing|small thing
 small request|quick request|request|a request|a small request|a quick request|my request
 quick favour|quick favor|small favour|small favor|a small favour|a small favor|a favour please
 a favor please|by the way|btw|as discussed|as agreed|as planned|as announced|as usual|as always
 ps|p.s.|todo|to do|task|job|ticket|action|maintenance|housekeeping|cleanup|clean-up|two things
 three things|a few things|some housekeeping|some maintenance|firstly|secondly|thirdly
 additionally|in addition|besides that|on top of that|meanwhile|please|pls|kindly|after that
 afterwards|once more|again|today|new day|urgent|urgently|important|high priority|low priority
 no rush|no hurry|friends|folks|guys|team|everyone|all|change request|service request|work order
 decision|sysadmin here|admin here|hi again|hello again|hey again|thanks|thank you|in short
 in brief|long story short|to be clear|to be safe|to be on the safe side|to be precise|to sum up
 for the record|for completeness|as a precaution|for safety|just to be safe|to begin with
 to start with|for a start|in the end"""
#: Between a frame and its order.
SMALL = """
 please|pls|kindly|just|simply|quickly|also|now|then|first|go ahead and|go on and|be so kind as to
 be so good as to|be so kind and|be a dear and|be kind enough to|be nice and|do|do me a favour and
 do me a favor and|do us a favour and|do us a favor and|safely|finally|possibly|by all means
 the following|that|next|again|really|still|urgently|immediately|make sure to|be sure to
 make sure you|remember to|do not forget to|don't forget to|proceed to|proceed and|jump in and
 hurry up and|take a minute to|take a moment to|take the time to|both|the two|all of"""
#: In front of "stop web".
BEFORE_VERB = """
 make sure we|make sure that we|please make sure we|make sure i|see that we|ensure we|ensure that we
 can you|could you|would you|will you|can could can could|can anyone|could anyone
 would would can i have you|could i have you|can i get you to|could i get you to|can i ask you to
 could i ask you to|may i ask you to|might i ask you to|can i trouble you to
 could i trouble you to|could i bother you to|can i bother you to|would you be able to
 would you be so kind as to|would you be so good as to|would you be kind enough to
 would you be willing to|would it be possible to|would it be possible for you to
 is there a chance you could|any chance you could|any chance you can|is there any chance you could
 i want you to|we want you to|i need you to|we need you to|i'd like you to|we'd like you to
 i would like you to|we would like you to|i'd love you to|i would love you to|i wish you to
 i'd love for you to|i'd like for you to|i want to|we want to|i need to|we need to|i'd like to
 we'd like to|i would like to|we would like to|i wish to|we wish to|i'd love to|we'd love to
 i'm asking you to|i am asking you to|we're asking you to|we ask you to|i ask you to
 i'd ask you to|i would ask you to|i must ask you to|i have to ask you to|i beg you to
 i urge you to|i request you to|i hereby ask you to|i hereby request you to|i'm requesting you to
 requesting you to|asking you to|i authorise you to|i authorize you to
 i'd appreciate it if you could|i would appreciate it if you could|i'd appreciate it if you would
 i would appreciate it if you would|we'd appreciate it if you could
 we would appreciate it if you could|i'd be grateful if you could|i would be grateful if you could
 i'd be grateful if you would|we'd be grateful if you could|i'd be happy if you could
 i'd be glad if you could|i would be glad if you could|i'd be thankful if you could
 we would be grateful if you could|i'd be very grateful if you could
 i'd be really grateful if you could|i'd be obliged if you would|i'd be obliged if you could
 much obliged if you could|grateful if you could|appreciate it if you could
 it would be great if you could|it'd be great if you could|it would be nice if you could
 it'd be nice if you could|it would be good if you could|it would be lovely if you could
 it would be helpful if you could|it would help if you could|it would help me if you could
 it would help us if you could|it'd help if you could|it would be kind if you could
 it would be very kind of you to|would be great if you could|would be nice if you could
 would be good if you could|would be lovely if you could|would be helpful if you could
 would help if you could|it would be great to|it would be good to|it would be nice to
 would be great to|would be good to|would be nice to|be nice if you could
 i'd be delighted if you could|you can|you could|you may|you can now|you may now|you could now
 you can safely|you may safely|you can go ahead and|you may go ahead and|you're free to
 you are free to|you're welcome to|you are welcome to|feel free to|you should|you should now
 you you need to|you must|you'll need to|you'll you're to|you are to|time to|it's time to
 it is time to|now it's time to|now is the time to|it's high time to|the time has come to
 high time to|it's about time to|about time to|let's|lets|let us|let's just|let's now
 let's go ahead and|let's get to it and|help me|help me to|help us|help us to|please help me
 please help me to|please help us to|your job is to|your task is to|your job today is to
 your next job is to|your next task is to|your task today is to|my request is to|our request is to
 the request is to|the task is to|task is to|the job is to|the job now is to|all i need is to
 all i want is to|all we need is to|all you need to do is|all you have to do is
 the next step is to|next step is to|the next step is|next step|next up
 we are going to need you to|i'll need you to|i will need you to|we'll need you to
 we will need you to|i'm going to need you to|i am going to need you to|i'd like to ask you to
 i would like to ask you to|we'd like to ask you to|i want to ask you to|i wanted to ask you to
 we would like to ask you to|i'd like to request you to|i was hoping you could|i am hoping you can
 i'm hoping you can|i hope you can|we hope you can|i was going to ask you to
 i'm here to ask you to|we're ready to|we are ready to|i'm ready to|i am ready to|it's safe to
 it is safe to|it's now safe to|it is now safe to|it's ok to|it is ok to|it's okay to
 it is okay to|it's fine to|it is fine to|safe to|ok to|okay to|free to|good to|go ahead
 go ahead and|please go ahead and|have have get someone to|get somebody to|have the team
 someone please|somebody please|no need to keep it|make sure to|be sure to|make sure you
 see that you|see to it that you|it's best to|it is best to|best to|the best thing is to
 we had we'd i'd you'd you had|the plan is to|our plan is to|the plan today is to|our wish is to
 my wish is to|need to|want to|like to|would like to|i'm going to ask you to
 i am going to ask you to|i kindly ask you to|i kindly request you to|we kindly ask you to
 my next request is to|my only request is to|my wish for today is to|as a first step
 as a next step|as the next step|as a last step"""
#: In front of "stopping web".
BEFORE_DOING = """
 would you mind|do you mind|would you mind terribly|would you mind awfully|would you mind just
 would you mind quickly|i'd appreciate you|i'd appreciate|i would appreciate|we'd appreciate
 we would appreciate|i would appreciate you|please start by|please begin with|begin with
 start with|start by|begin by|please start with|could you see about|can you see about
 could you take care of|can you take care of|please take care of|take care of|please see to|see to
 could you see to|can you see to|would you take care of|would you see to|please look after
 time for|could you manage|let's start by|let's begin by|let's begin with|let's start with
 can you handle|could you handle|please handle|i'd be grateful for you|i'm in need of you
 any chance of you|any chance of|i'd be grateful for|could i trouble you for
 please do me the favour of|please do me the favor of|do me the favour of|do me the favor of
 would you do me the favour of|would you do me the favor of|please fix this by|please solve it by
 please solve this by|please fix it by|fix it by|fix this by|please help by|please help me by
 could you help by|could you help me by|can you help me by|can you help by|thanks for"""
#: In front of "a restart of web".
BEFORE_NOUN = """
 i need|we need|i want|we want|i'd like|we'd like|i would like|we would like|i request|we request
 i'm requesting|we're requesting|i am requesting|we are requesting|requesting|requested
 i'd like to request|we'd like to request|i would like to request|i'd like to ask for
 i would like to ask for|we'd like to ask for|i'm asking for|i am asking for|asking for|we ask for
 i ask for|we're asking for|i wish for|i'd love|we'd love|i could use|we could use|i could do with
 we could do with|i require|we require|i'd appreciate|we'd appreciate|i would appreciate
 we would appreciate|please do|please perform|please arrange|please carry out|please initiate
 please trigger|please execute|please run|please provide|please handle|do|perform|carry out
 arrange|arrange for|initiate|trigger|execute|could you do|can you do|could you perform
 can you perform|could you arrange|can you arrange|could you arrange for|can you arrange for
 can i get|could i get|can i have|could i have|may i have|can we get|could we get|can we have
 could we have|may we have|may i request|can i request|could i request|may i ask for|can i ask for
 could i ask for|might i ask for|might i have|could you trigger|can you trigger|could you initiate
 can you initiate|would you do|would you perform|could you provide|time for|it's time for
 it is time for|it's time to do|let's have|let's do|let us have|let's go for|i'm in need of
 we're in need of|i am in need of|we are in need of|i'd be grateful for|i would be grateful for
 we'd be grateful for|i'd be happy about|i'd welcome|hereby i request|i hereby request
 i hereby order|i order|i'd like to order|i'd like to have|i would like to have|we'd like to have
 we would like to have|please prepare|prepare|please make|make|please get me|get me|get us|give me
 give us|please give me|please give us|i'd like to get|i want to have|put in|please put in
 please note a request for|request|my request|our request|i'm after|we're after|i am after
 what i need is|what we need is|what i want is|what i'd like is|all i need is|all i want is
 all we need is|all we want is|my wish|my wish is|order|due|now due|up next|next up"""
#: In front of "web be stopped", behind "can", "could", "may".
BEFORE_ASKED = "can|could|may|would"
#: In front of "web has to be stopped".
BEFORE_MUST = """
 i want that|we want that|please note that|please note|note that|it's clear that|it is clear that
 it's time|i find|i see that|i need it|i notice|it turns out that|it turns out|turns out
 the result is that|which means|which means that|this means|this means that|that means
 that means that|meaning|it means|the consequence is that|as agreed|the plan is that|as a result
 for that|for this|for this reason|for that reason|because of that|because of this|to fix that
 to fix this|afraid|i'm afraid|i am afraid|unfortunately|sadly|luckily|fortunately|obviously
 clearly|surely|definitely|of course|naturally|certainly|really|i insist that|i require that
 we require that|i ask that|we ask that|i request that|we request that|i'd ask that
 i'd like to request that|i hereby request that"""
#: In front of "web stopped".
BEFORE_PART = """
 would like|would love|would like to have|would like to see|'d like|would appreciate
 i want|we want|i need|we need|i'd like|we'd like|i would like|we would like|i'd love|we'd love
 i would love|we would love|i'd prefer|i would prefer|we'd prefer|i prefer|we prefer|i require
 we require|i wish|we wish|i'd appreciate|i would appreciate|we'd appreciate|we would appreciate
 i want to have|i want to see|i want to get|we want to have|we want to see|we want to get
 i'd like to have|i'd like to see|i'd like to get|i would like to have|i would like to see
 we'd like to have|we'd like to see|we'd like to get|we would like to have|we would like to see
 i would like to get|i'd love to have|i'd love to see|we'd love to have|we'd love to see
 i need to have|we need to have|i need to see|i need to get|we need to get|i'm wishing for
 i wish for|can i have|could i have|may i have|can i get|could i get|may i get|can we have
 could we have|may we have|can we get|could we get|may we get|can i see|might i have
 could you have|can you have|can you get|could you get|would you get|will you get|would you have
 please have|please get|have|get|let's have|let's get|let us have|let's see|let us get
 please let's have|please see that|see that|please see to it that|see to it that|make sure
 make sure that|please make sure|please make sure that|ensure|ensure that|please ensure
 please ensure that|please arrange for|arrange for|could you arrange for|can you arrange for
 please take care that|could you make sure|could you make sure that|can you make sure
 can you make sure that|would you make sure|could you ensure|can you ensure
 could you see to it that|can you see to it that|can you see that|could you see that
 could you take care that|would you see to it that|be sure to have|be sure to get|time to have
 time to get|it's time to have|it's time to get|i'm asking for|i am asking for|i ask for
 asking for|i request|we request|requesting|i request to have|i'm requesting|we're asking for
 i expect|we expect|i want you to have|i want you to get|i need you to have|i need you to get
 i'd like you to have|i'd like you to get|it would be great to have|it would be nice to have
 it would be good to have|it'd be great to have|it'd be nice to have|it'd be good to have
 would be great to have|would be nice to have|would be good to have|i'd be happy to have
 i'd be happy to see|i'd be glad to have|i'd be glad to see|we'd be happy to have|what i need is
 what i want is|all i need is|all i want is|all we need is|what we need is|want|need|needing
 wanting|wanted|needed|i also want|i also need|we also need|we also want|i also want to have
 i now need|we now need|i now want|i really need|we really need|i urgently need|we urgently need
 i just want|i just need|we just need|i only need|i'd just like|kindly have|kindly get
 can someone get|could someone get|can somebody get|could somebody get|can someone have
 help me get|help me to get|help us get|please help me get|please help us get|i'm after
 i'd like to ask for|i'd like to request|i would like to request|i'd very much like
 i would very much like|i'd really like|we'd really like|i would really like|i'd rather have
 we'd rather have|i would rather have|i'd rather see|my wish is to have|we were hoping to have
 i was hoping to have|i was hoping to get|i'm hoping to get|i hope to have|i'd be grateful to have"""
#: Never beside an order, in any place.
NEVER = """
 if|when|whenever|once|unless|until|till|whether|how|why|which one|whom|whose|maybe|perhaps
 might|possibly|probably|unsure|uncertain|wonder|wondering|guess|suppose|supposedly|assume
 assuming|imagine|pretend|hypothetically|hypothetical|theoretically|theory|in theory|example|e.g
 eg|for instance|said|says|say|saying|tells|told|asks whether|ask|asked|asking|wrote|writes
 written|quote|quoted|quoting|reads|manual|handbook|docs|documentation|tutorial|readme|textbook
 thinking|think|thinks|thought|consider|considering|considered|contemplating|debating|discuss
 discussing|discussed|later|tomorrow|tonight|tonite|soon|noon|midnight|o'clock|monday|tuesday
 wednesday|thursday|friday|saturday|sunday|mondays|fridays|daily|nightly|weekly|monthly|hourly
 every|each|whatever|either|or|nor|neither|except|but not|wait|waits|waiting|cancel|cancelled it
 never mind|nevermind|forget|ignore|ignoring|disregard|scratch that|undo|abort|joke|joking|kidding
 serious|seriously|mean|means|meant|trap|trick|prank|drill|game|riddle|lie|lying|fake|unapproved
 approve|approved|approves|approval|permission|permitted|allowed|allow|allows|confirm|confirms
 confirmed|confirmation|certain|yet|leave|keep|keeping|kept|spare|spared|untouched|rest|others
 other|everything else|remaining|instead|rather than|instead of|in case|just in case|as long as
 provided|providing|otherwise|else|eventually|someday|sometime|sometimes|often|usually|normally
 always|instructions|instruction|prompt|injection|jailbreak|override|bypass|pretending|password
 sudo|command|commands|script|code|log|logs|error message|sign|poster|song|lyrics|movie|film|book
 novel|story|poem|email says|letter|slogan|motto|headline|button|menu|fire drill|test question
 exam question|quiz|translate|translation|translated|explain|explains|describe|summarize|spell
 word|words|sentence|phrase|schedule|scheduled|schedules|planned for|postpone|postponed|delay
 delayed|next week|next month|next year|next time|next|this weekend|by then|beforehand|hold off
 hold on|hold your horses|hang on|not now|not today|not again|should|could|would|shall|ought|must
 mustn't|shouldn't|wouldn't|couldn't|may|what|where|tempted|toying|hesitate|hesitating|undecided
 doubt|doubts|doubtful|not sure|afraid to|refuse|refuses|refused|forbid|forbids|forbidden
 prohibited|disagree|against|object|objects|objected|supposed|suggested|suggests|suggest|recommend
 recommends|recommended|advised|advises|advise|claims|claimed|rumour|rumor|allegedly|apparently
 dream|dreamt|dreamed|almost|nearly|copy|clone|backup of|same as|like the|as big as|identical
 similar|equal|dry run|dry-run|simulate|simulation|practice|practise|accidentally|mistake
 mistakenly|wrongly|by accident|regret|wrong|sorry i|alternatively|preferably|optionally|or else
 also not|don't touch|do not touch|hands off|touch|without|manually|myself i|already done
 for example|let me know|tell|tells|inform|notify|remind|reminder|email me|ping me|call me|after
 before|during|within|by monday|vote|poll|bet|anyone|anybody|curious|question|questions|ideally
 temporarily|briefly|minutes from|back again in|and back|overnight"""
RELATIVE = """
 more|less|bigger|smaller|larger|faster|double|doubled|twice|half|halve|triple|additional|extra
 fewer"""
TIMES = """
 hour|hours|minute|minutes|minute's|second|seconds|day|days|week|weeks|weekend|weekends|month
 months|year|years|night|nights|evening|evenings|morning|mornings|afternoon|afternoons|moment
 while|bit|at|lunch|lunchtime|christmas|easter|holiday|holidays|vacation|january|february|march
 april|june|july|august|september|october|november|december|autumn|spring|summer|winter"""
FUTURE = "tomorrow|tonight|soon|later|midnight|noon"
#: "start web to 4", "start web for db": not what it is good for.
SLOTS = "disk|ram|memory|cpu|cpus|cores|core|gb|snapshot|off|on|running|stopped"
#: A wish of its own.
WISHES = (
    r"^who\b|\b(?:and|know|see|is|guess|tell|of|or|by) who\b|"
    r"\b(?:i|we|he|she|they|[a-z]+)(?:'d| would| do| will|'ll)? ?(?:<ADV> ?)?(?:need|needs|want"
    r"|wants|like|require|requires|wish|wishes|request|requests|order)\b"
    r"(?! (?:it|them|this|that|these)(?: [\uf800]| (?:for|in|to|again|now|today|back|badly|urgently"
    r"|here|elsewhere|any ?more|any longer)\b| *$))"
    r"(?! (?:the|its|their|all the|that|this|some|some of the|their) (?:memory|ram|disk|space"
    r"|disk space|room|resources|capacity|cores|cpu|cpus|power|slot|slots|quota|licen[cs]es?|money"
    r"|budget|name|names)\b)"
    r"(?! (?:more|less|bigger|larger|smaller|additional|extra|fewer)\b)"
    r"(?! (?:to|it to|them to) (?!(?:be|have|get|stop|start|restart|reboot|delete|remove|create"
    r"|make|install|add|go|run|set|put|take|copy|move|switch|turn|shut)\b))"
    r"(?<!nobody needs)(?<!nobody wants)(?<!no one needs)(?<!no one wants)"
    r"(?<!n't need)(?<!not need)(?<!n't needs)(?<!n't like)(?<!never needs)"
    r"|\b(?:don't|do not|dont|doesn't|does not|not|never|nobody|no one) (?:really )?(?:want|wants"
    r"|wish|like) (?!(?:it|them|to pay|to waste|to lose)\b)"
    r"|\bwants? (?:it|this|that|them)$"
    r"|\b(?:an?|one|another|two|three|four|five|new|some|more|additional|extra) (?:[a-z-]+ ){0,2}<HEAD>"
    r"|\b(?:start|stop|restart|reboot|boot|delete|remove|erase|destroy|resize|snapshot|revert"
    r"|restore|rollback|shut down|shutdown"
    r"|power off|power on|switch off|switch on|turn off|turn on|create|provision|deploy|install"
    r"|configure|attach|mount|migrate|open port|format)\b"
    r"|\bnot? (?:to|be)\b|\b(?:do not|don't|dont|never) (?:do|execute|run|perform|ever)\b"
    r"|\b(?:it|this|that|he|she|they)(?:'s|'re| is| are) not (?!needed|used|in use|working"
    r"|responding|running|doing|busy|answering|wanted|required|necessary)"
    r"|<N> (?:is|are|was|were|has|have) (?:to |not |n't |been )*<DONE>"
)
_DET = (
    r"(?:the|an?|my|our|his|her|their|its|this|that|these|those|all|most|some|many|both|two|three"
    r"|four|five|everyone's|nobody's|today's|yesterday's|[A-Z][a-z]+'s|customer|your)"
)
_NOUNS = (
    r"(?:(?!(?:is|are|was|were|has|have|had|that|which|who|if|it|to)\b)[A-Za-z][A-Za-z'-]* ){1,5}"
)
_FINITE = (
    r"(?:is|are|was|were|am|has|have|had|isn't|aren't|wasn't|weren't|hasn't|haven't|hadn't|can"
    r"|cannot|can't|will|won't|do|does|don't|doesn't|did"
    r"|didn't|'s|'re|[a-z]{2,}(?:s|ed)|ran|went|came|broke|froze|died|hung|fell|left|made|lost|took"
    r"|grew|met|built|began|found|gave|got|run|hang"
    r"|kept|became|sent|brought|bought|sold|wrote|stood|sat|felt|held|put|paid|saw|won|cost|cut|hit"
    r"|let|shut|set|spent|finally|just|now|no longer|never|hardly|barely|still|currently|really"
    r"|recently|all)\b"
)
_SURELY = (
    r"(?:is|are|was|were|has|have|had|isn't|aren't|wasn't|hasn't|haven't|can't|won't|doesn't|don't"
    r"|didn't|will|did|does)\b"
)
#: Behind an order: what takes it back.
TAKES_BACK = (
    r"\b(?:do|does|doing|did|done|handle|handles|handled|handling|takes? care of|got|gets|fix|fixes"
    r"|fixed|finished|solved|on) (?:it|that|this|so|them)\b"
    r"|\b(?:it|that|this|they|he|she)(?:'s|'re| is| are| has been| was| were) (?:now |already "
    r"|all )?(?:done|an? |only|just|over$|fixed|solved|back|fine|ok|good|up|enough|not)\b"
    r"|\b(?:what|want|wants|wanted|wish|wishes)\b|\b(?:i|we|he|she|ken|they) (?:will|'ll|won't)\b"
    r"|\b(?:i'll|we'll|he'll|she'll|they'll)\b"
)
#: How something is, or was.
STATEMENT = (
    rf"(?!(?i:(?:the )?(?:{TIMES.replace(chr(10) + ' ', '|')})) (?!is\b|was\b|has\b))(?:"
    rf"(?i:{_DET}) (?:[a-z'-]+ ){{1,3}}who (?:[a-z'-]+ ){{1,4}}[\ue000-\ue7ff]? ?{_SURELY}|"
    rf"(?:(?!(?i:is|are|it|if|to|please|just|and|or|not)\b)[A-Za-z][a-z'-]+ ){{1,3}}"
    rf"[\ue000-\ue7ff](?:(?:,? and |, )[\ue000-\ue7ff])* (?:is|are|was|were|has|have)\b|"
    r"(?i:(?:i|we|he|she|they|people|users|customers|students|folks|everybody|everyone|nobody"
    r"|no one|it|this|that|there|something|everything|nothing|most)"
    r"(?:'s|'re|'ve|'m|'ll)?) (?!(?:that|what)\b)[A-Za-z]"
    rf"|(?i:{_DET}) {_NOUNS}{_SURELY}"
    rf"|(?i:{_DET}) (?!(?:[A-Za-z'-]+ )*(?:for|of|in|to|with|on|than|by|from|about|and)\b){_NOUNS}{_FINITE}"
    rf"|(?!(?i:{_DET}) )[A-Z][A-Za-z'-]+ (?:and [A-Z][a-z]+ )?{_FINITE}"
    rf"|[\ue000-\ue7ff]'s (?:[a-z-]+ ){{1,3}}?{_SURELY}"
    rf"|[\ue000-\ue7ff](?:(?:,? and |, )[\ue000-\ue7ff])* {_FINITE}"
    rf"|(?:(?!(?i:is|are|was|were|that|which|it|if|to|please|just)\b)[A-Za-z][a-z'-]+ ){{1,3}}(?:is"
    rf"|are|was|were|has|have|had|isn't|aren't|wasn't|hasn't|haven't)\b"
    rf"|(?:(?!(?i:that|which|it|if|to|please"
    rf"|just)\b)[A-Za-z][a-z'-]+ ){{0,2}}[A-Za-z][a-z]+s (?:[a-z]+ed|ran|went|came|left|finished)\b"
    r"|(?i:no more|no|lots of|plenty of|not enough|too many|too much|not much|nothing|hardly any"
    r"|out of|done with|finished with|all done|i'm|had|got|fixed|just"
    r"|almost out of|running out of|running low on|tired of|fed up with|finally done with|thanks to"
    r"|good news|bad news) (?!(?:need|way|wait|more than)\b)[A-Za-z]"
    r")"
)
#: "Demo over", "poster session coming up".
ELLIPSIS = (
    r"(?:(?!(?:please|do|not|no|never|just)\b)[a-z'-]+ ){1,5}(?:over|done|finished|complete"
    r"|completed|ended|closed|coming up|starting|ahead|through|merged|shipped|released"
    r"|approaching|under way|underway|in progress|gone live|migrated|archived|out of memory"
    r"|out of disk|full|broken|stuck|frozen|hanging|unresponsive|needed|required)(?: [a-z]+){0,3}"
    r"|(?:all|we're|i'm) (?:done|set|finished|good)(?: (?:here|with it|with them|with that|now))?"
    r"|(?:end|start|beginning) of (?:[a-z]+ ?){1,3}|(?:new|big|busy|long"
    r"|great) (?:[a-z]+ ?){1,3} (?:today|now)"
    r"|(?:(?:a|the) )?(?:[a-z]+ )?(?:maintenance|housekeeping|clean-?up|spring cleaning|tidying"
    r"|patch day|update day|moving day|exam day|demo day|release day)(?: (?:time|day|work|window"
    r"|today|round))?"
)
REMARK_LEADS = """
 and|but|well|ok|okay|hi|hello|hey|sorry|yes|so|oh|right|now|also|then|again|today|sadly|luckily
 alas|unfortunately|fortunately|because|since|as|given that|after all|by now|in fact|actually
 obviously|clearly|of course|meanwhile|finally|although|though|while|see|look|fyi|btw|by the way
 good news|bad news|great news|update|info|background|context|reason|the reason|status|note
 heads up|heads-up|seems like|looks like|it seems|it looks like|turns out|it turns out
 it turns out that|as of today|as of now|this morning|yesterday|last night|last week|at last
 alright|great|good|hooray|yay|ugh|argh|damn|dang|wow|phew|hm|hmm|until now|up to now|so far
 hi all|hi team|hello team|good morning|good evening"""
#: In front of a colon.
HEADINGS = (
    r"(?:please|pls|kindly|hi|hello|hey)?,? ?(?:(?:do|see|handle|process|execute|run|take care of"
    r"|go through|work through|carry out|perform|apply|make) )?"
    r"(?:(?:the|these|this|following|my|our|a few|some|two|three|both|for|to|next|quick|small|all"
    r"|today's|short|new) )*"
    r"(?:these|this|following|todos?|to-?dos?|to do|to-do list|list|steps?|tasks?|jobs?|orders?"
    r"|changes?|requests?|things|things to do|work|actions?|operations|maintenance|cleanup|clean-up"
    r"|housekeeping|wish|wishes|wishlist|wish list|favou?rs?|updates?|adjustments|corrections"
    r"|points|items|machines|servers|vms|agenda|work for today"
    r"|(?:first|next|last|main|only) (?:task|job|thing)(?: of the day)?|today|now|for you|for me|for us)"
    r"(?: (?:please|today|now|for me|for today|for us|for you|needed|requested|in order"
    r"|in this order|to do|to make|[\uf800]))*"
    r"|(?:i|we) (?:have|'ve got|have got) (?:a few|two|three|some|a couple of) (?:things|requests"
    r"|changes|tasks|jobs|orders|wishes|todos)(?: for you)?"
    r"|(?:i|we)(?:'d| would)? (?:need|want|like|request|ask for) (?:the following|these|this"
    r"|two things|three things|a few things|these changes|this)(?: done)?"
)
CLOSINGS = (
    r"(?:(?:many |best |kind |warm )?(?:thanks|thank you|thx|ty|cheers|regards|please|greetings"
    r"|best|wishes|sincerely|bye|ta|much appreciated|appreciated)"
    r"(?: (?:a lot|a bunch|a million|so much|very much|in advance|again|for your help|for the help"
    r"|for helping|everyone|all|team|guys|folks|indeed|and regards|everybody))*[,.!]? ?(?:[A-Z][a-z]+)?"
    r"|(?:that's|that is|that would be|that'll be|this is|that's it|thats) (?:all|it|everything"
    r"|the lot)(?: (?:for now|for today|from me|i need|thanks|today|for me))?|(?:no"
    r"|there's no) (?:rush|hurry|worries|problem|need to hurry)"
    r"|(?:i'd|we'd|i would|we would|would be) (?:be )?(?:very |really )?(?:grateful|appreciate it"
    r"|much appreciated|appreciated|great|nice|lovely)|(?:have|enjoy) a (?:nice|good|great"
    r"|lovely) (?:day|one|evening|week|weekend|afternoon)"
    r"|(?:would be|that would be|this would be|it would be) (?:great|nice|lovely|good|wonderful"
    r"|fantastic|awesome|perfect|cool|a help|a great help|very kind|appreciated|much appreciated)"
    r"|(?:urgent|asap|it's urgent|this is urgent|very urgent|now|immediately|high priority"
    r"|low priority|top priority|important)|[A-Z][a-z]+ (?:here|speaking)|(?:it's"
    r"|this is) [A-Z][a-z]+(?: here)?"
    r"|(?:in|with) (?:that|this) order|in the order given|in order|one after the other|one by one"
    r"|together|in parallel|at the same time|the lot|all of them|both of them|both|all three"
    r"|you know the drill|as (?:usual|always|agreed|discussed|planned|announced)"
    r"|sorry for the (?:trouble|inconvenience|short notice|rush|late notice|noise|hassle)|:\)|lol|haha)"
)
ANNOUNCES = (
    r"\b(?:is|was|are|goes|went|like|this|that|as follows|follows|sings|sang|shouts|shouted|yells"
    r"|yelled|chanting|repeats|repeated|types|typed|answered|answers|replied|replies"
    r"|mentions?|mentioned|demands?|demanded|insists?|insisted|orders?|ordered|requests?|requested"
    r"|note|notes|message|sign|mail|title|called|named|texted|texts|posted|posts|calls|called out"
    r"|announced|announces|proposes|proposed|warns|warned|complains|complained|done|finished|happened)$"
)
IMPERATIVES = """
 extend expand resize shrink grow
 check verify make ensure confirm see test tell ask let inform notify email mail send call run
 install update upgrade configure copy clone move migrate back backup export import attach mount
 open close block allow add create build put set give take keep leave wait watch monitor look find
 show list print say write save clean clear fix repair debug deploy use try do be go get bring
 report remember note mind double enable disable connect disconnect format encrypt patch rename
 share assign grant revoke publish host serve point redirect forward route scale raise lower
 increase reduce change switch turn power shut kill pull push drop sync restore archive compress
 download upload fetch log login ping prepare plan schedule cancel stop start delete remove hook
 plug wire tag label mark throw sort swap replace convert transform train teach compile merge
 commit"""
