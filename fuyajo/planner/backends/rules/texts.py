"""Every sentence the rules planner says; a test holds both tables to the same keys and fields."""

from __future__ import annotations

from fuyajo.domain.texts import Lang

EN: dict[str, str] = {
    "greeting": "Hello! Tell me what you need, for example: {example}",
    "thanks": "You are welcome! If you need something else, for example: {example}",
    "smalltalk": "I only know about VMs. Try for example: {example}",
    "bye": "Goodbye! Whenever you need something, for example: {example}",
    "empty": "I see nothing to do yet. Try for example: {example}",
    "too_long": "That is too long for me. Please say it in a few short sentences (at most "
    "{limit} characters).",
    "unsafe": "There are invisible or unsafe characters in that text. Please retype it by hand.",
    "not_plain": "I only read plain sentences, not code, markup or JSON. Try for example: "
    "{example}",
    "injection": "I did not act on that: I do not follow orders about my own rules (“{what}”). "
    "If you want something done to a VM, say it plainly, for example: {example}",
    "negation": "You said “{what}”, so I plan nothing. Tell me only what should happen, for "
    "example: {example}",
    "hypothetical": "That sounds like a thought (“{what}”), not an order, so I plan nothing. "
    "When you are sure, say for example: {example}",
    "past": "That sounds like something that already happened (“{what}”), so I plan nothing. "
    "Tell me what should happen next, for example: {example}",
    "schedule": "I cannot do things later or regularly (“{what}”), only now. Say for example: "
    "{example}",
    "unsupported": "“{what}” is something this planner cannot do, so I plan nothing rather than "
    "half of it. "
    "I can create, start, stop, restart, resize and delete VMs, and take snapshots. For example: "
    "{example}",
    "vague": "“{what}” is too vague for me to plan. Please give me numbers, for example: {example}",
    "not_understood": "I did not understand {words}, so I plan nothing. "
    "Please say it differently, for example: {example}",
    "did_you_mean": "I am not sure about “{word}”. Did you mean “{sentence}”? Then please say it like "
    "that.",
    "did_you_mean_vm": "You have no VM called {word}. Did you mean “{sentence}”? {yours}",
    "bigger": "How big should {name} be? It has {cpus} CPU, {memory} of memory and {disk} GiB of disk "
    "now. Say for example: {example}",
    "help": "I am Fuyajo: from your words I plan VMs and show you the plan before anything "
    "happens. "
    "I can create ({templates}), start, stop, restart, resize, snapshot, delete and list. For example: "
    "{example}",
    "about": "A VM is a computer inside this computer: you can create it, use it and delete it "
    "again. "
    "The kinds I know: {templates}. For example: {example}",
    "how_to": "Just say it in a sentence and I show you a plan before anything happens. For "
    "example: {example}",
    "list": "Your VMs:\n{list}",
    "list_none": "You have no VMs yet. Create one, for example: {example}",
    "which_kind": "What should I create? I know these kinds: {templates}. For example: {example}",
    "only_noun": "What should I do with it? For example: {example}",
    "two_kinds": "You named two kinds for one VM. Please say which one: {templates}.",
    "how_many": "How many should it be? For example: {example}",
    "how_much": "How much exactly? Please give a number with a unit, for example: {example}",
    "absolute": "Please tell me the new total instead of the difference, for example: {example}",
    "memory_or_disk": "Is {size} the memory or the disk? Please add the word, for example: "
    "{example}",
    "two_values": "You gave two values for the {what}. Which one do you mean?",
    "size_without_resize": "Should I change a size? Then say for example: {example}",
    "quote_text": "Please put the text into quotation marks once, for example: {example}",
    "no_variable": "The kind {template} has no {option}. Only a web-server shows a page. For "
    "example: {example}",
    "range_cpus": "The number of CPUs must be between {low} and {high}.",
    "range_memory": "The memory must be whole MiB between {low} MiB and {high} MiB.",
    "range_disk": "The disk must be whole GiB between {low} GiB and {high} GiB.",
    "range_count": "I can plan between {low} and {high} VMs at a time.",
    "memory_small": "A {template} needs at least {low} MiB of memory.",
    "bad_name": "“{name}” cannot be a name: only lower case letters, digits and hyphens. Shall "
    "I use “{near}”? "
    "Then say it again with that name.",
    "bad_name_plain": "“{name}” cannot be a name: use lower case letters, digits and hyphens, "
    "beginning with a letter, at most 63 characters.",
    "maybe_name": "Is “{word}” the name? Then say “called {word}”, for example: {example}",
    "name_exists": "You already have a VM called {name}. Choose another name, or say what to "
    "change about it.",
    "name_twice": "The same name comes twice. Every VM needs a name of its own.",
    "names_count": "The number of names does not fit the number of VMs. Please say both again.",
    "vm_twice": "You asked for two things for {name} at once. Please say one at a time.",
    "unknown_vm": "You have no VM called {name}. {yours}",
    "no_vms": "You have no VMs yet. Create one, for example: {example}",
    "which_vm": "Which VM do you mean? {among}",
    "one_by_one": "That was several things at once and I am not sure which belongs to which. "
    "Please say one at a time, for example: {example}",
    "among": "It could be: {names}.",
    "yours": "Yours: {names}.",
    "yours_none": "You have none yet.",
    "and": ", ",
    "quoted": "“{word}”",
    "row": "- {name}: {state}, {template}, {cpus} CPU, {memory} of memory, {disk} GiB of disk",
    "running": "running",
    "stopped": "stopped",
    "plan": "This is what I will plan:\n{lines}",
    "plan.create": "- create {count}{template}{name}{sizes}",
    "plan.count": "{count} × ",
    "plan.name": " “{name}”",
    "plan.cpus": "{value} CPU",
    "plan.memory": "{value} of memory",
    "plan.disk": "{value} GiB of disk",
    "plan.title": "title “{value}”",
    "plan.message": "text “{value}”",
    "plan.motd": "login message “{value}”",
    "plan.with": " ({parts})",
    "plan.start": "- start {name}",
    "plan.stop": "- stop {name}",
    "plan.restart": "- restart {name}",
    "plan.delete": "- delete {name} with its disk",
    "plan.resize": "- resize {name}{sizes}",
    "plan.snapshot": "- take a snapshot of {name}{sizes}",
    "plan.revert": "- take {name} back to a snapshot{sizes}; what came after it is lost",
    "plan.snapshot_name": "“{value}”",
    "plan.like": "like {value}",
    "plan.off": "not started",
    "plan.one": "a VM",
    "example": "“a web server called hello with 1 GB of memory”",
    "example.create": "“create a web server called hello with 1 GB of memory”",
    "example.start": "“start {vm}”",
    "example.stop": "“stop {vm}”",
    "example.restart": "“restart {vm}”",
    "example.delete": "“delete {vm}”",
    "example.resize": "“resize {vm} to 2 GB of memory”",
    "example.text": '“create a web server called hello saying "Welcome"”',
}

JA: dict[str, str] = {
    "greeting": "こんにちは。何が必要か教えてください。例: {example}",
    "thanks": "どういたしまして。ほかにも必要でしたら、例: {example}",
    "smalltalk": "VM のことだけが分かります。例: {example}",
    "bye": "お疲れさまでした。また必要なときは、例: {example}",
    "empty": "まだ何をすればよいか分かりません。例: {example}",
    "too_long": "長すぎて読めません。短い文でお願いします ({limit} 文字まで)。",
    "unsafe": "見えない文字か安全でない文字が含まれています。手で打ち直してください。",
    "not_plain": "読めるのは普通の文だけで、コードやマークアップ、JSON は読みません。例: {example}",
    "injection": "実行していません。わたしの規則についての命令 (「{what}」) には従いません。"
    "VM についての希望は普通の文で書いてください。例: {example}",
    "negation": "「{what}」とありますので、何も計画しません。"
    "してほしいことだけを書いてください。例: {example}",
    "hypothetical": "仮定の話 (「{what}」) のようですので、何も計画しません。"
    "決まったら例のように書いてください: {example}",
    "past": "済んだことの話 (「{what}」) のようですので、何も計画しません。"
    "これからすることを書いてください。例: {example}",
    "schedule": "あとで、または定期的に (「{what}」) することはできません。"
    "今すぐのことだけです。例: {example}",
    "unsupported": "「{what}」はこのプランナーにはできません。半分だけ行うことはせず、"
    "何も計画しません。"
    "できるのは VM の作成、起動、停止、再起動、サイズ変更、スナップショット、削除です。例: {example}",
    "vague": "「{what}」だけでは計画できません。数字で教えてください。例: {example}",
    "not_understood": "{words} が分かりませんでしたので、何も計画しません。"
    "別の言い方でお願いします。例: {example}",
    "did_you_mean": "「{word}」がはっきりしません。「{sentence}」でしょうか。"
    "よければそのように書いてください。",
    "did_you_mean_vm": "{word} という VM をお持ちではありません。「{sentence}」でしょうか。{yours}",
    "bigger": "{name} をどの大きさにしますか。今は CPU {cpus}、メモリ {memory}、ディスク {disk} GiB です。"
    "例: {example}",
    "help": "Fuyajo です。言葉から VM の計画を立て、実行の前にお見せします。"
    "作成 ({templates})、起動、停止、再起動、サイズ変更、スナップショット、削除、一覧ができます。"
    "例: {example}",
    "about": "VM はこのコンピューターの中のコンピューターで、作って使い、また消せます。"
    "作れる種類: {templates}。例: {example}",
    "how_to": "文で書いてください。実行の前に計画をお見せします。例: {example}",
    "list": "お持ちの VM:\n{list}",
    "list_none": "VM はまだありません。作るには、例: {example}",
    "which_kind": "何を作りますか。作れる種類: {templates}。例: {example}",
    "only_noun": "それをどうしますか。例: {example}",
    "two_kinds": "一台に二つの種類が書かれています。どちらですか: {templates}。",
    "how_many": "何台にしますか。例: {example}",
    "how_much": "正確にはいくつですか。単位を付けた数字で教えてください。例: {example}",
    "absolute": "差ではなく、変更後の値を教えてください。例: {example}",
    "memory_or_disk": "{size} はメモリですか、ディスクですか。言葉を添えてください。例: {example}",
    "two_values": "{what} の値が二つあります。どちらですか。",
    "size_without_resize": "サイズの変更ですか。それなら例のように書いてください: {example}",
    "quote_text": "表示する文は「」で一度だけ囲んでください。例: {example}",
    "no_variable": "種類 {template} に {option} はありません。ページを表示するのは web-server "
    "だけです。例: {example}",
    "range_cpus": "CPU の数は {low} から {high} までです。",
    "range_memory": "メモリは {low} MiB から {high} MiB まで、MiB の整数です。",
    "range_disk": "ディスクは {low} GiB から {high} GiB まで、GiB の整数です。",
    "range_count": "一度に計画できるのは {low} 台から {high} 台までです。",
    "memory_small": "{template} には少なくとも {low} MiB のメモリが要ります。",
    "bad_name": "「{name}」は名前にできません。小文字の英字、数字、ハイフンだけです。"
    "「{near}」でよければ、"
    "その名前でもう一度書いてください。",
    "bad_name_plain": "「{name}」は名前にできません。英字で始まり、小文字の英字、数字、"
    "ハイフンで 63 文字までです。",
    "maybe_name": "「{word}」は名前ですか。それなら「{word}という名前の」と書いてください。例: "
    "{example}",
    "name_exists": "{name} という VM はもうあります。別の名前にするか、"
    "変えたいことを書いてください。",
    "name_twice": "同じ名前が二度あります。VM にはそれぞれ別の名前が要ります。",
    "names_count": "名前の数と台数が合いません。両方をもう一度教えてください。",
    "vm_twice": "{name} に二つのことが同時に書かれています。一つずつお願いします。",
    "unknown_vm": "{name} という VM をお持ちではありません。{yours}",
    "no_vms": "VM はまだありません。作るには、例: {example}",
    "which_vm": "どの VM ですか。{among}",
    "one_by_one": "いくつかのことが一度に書かれていて、組み合わせがはっきりしません。"
    "一つずつお願いします。例: {example}",
    "among": "候補: {names}。",
    "yours": "お持ちの VM: {names}。",
    "yours_none": "まだ一台もありません。",
    "and": "、",
    "quoted": "「{word}」",
    "row": "- {name}: {state}、{template}、CPU {cpus}、メモリ {memory}、ディスク {disk} GiB",
    "running": "動作中",
    "stopped": "停止中",
    "plan": "次のように計画します。\n{lines}",
    "plan.create": "- {template}{name} を{count}作成{sizes}",
    "plan.count": " {count} 台",
    "plan.name": "「{name}」",
    "plan.cpus": "CPU {value}",
    "plan.memory": "メモリ {value}",
    "plan.disk": "ディスク {value} GiB",
    "plan.title": "タイトル「{value}」",
    "plan.message": "本文「{value}」",
    "plan.motd": "ログイン時の文「{value}」",
    "plan.with": " ({parts})",
    "plan.start": "- {name} を起動",
    "plan.stop": "- {name} を停止",
    "plan.restart": "- {name} を再起動",
    "plan.delete": "- {name} をディスクごと削除",
    "plan.resize": "- {name} のサイズを変更{sizes}",
    "plan.snapshot": "- {name} のスナップショットを取得{sizes}",
    "plan.revert": "- {name} をスナップショットに戻す{sizes} (それ以後の内容は失われます)",
    "plan.snapshot_name": "「{value}」",
    "plan.like": "{value} と同じ",
    "plan.off": "起動しない",
    "plan.one": "VM",
    "example": "「メモリ1GBのウェブサーバーhelloを作って」",
    "example.create": "「メモリ1GBのウェブサーバーhelloを作って」",
    "example.start": "「{vm}を起動して」",
    "example.stop": "「{vm}を止めて」",
    "example.restart": "「{vm}を再起動して」",
    "example.delete": "「{vm}を削除して」",
    "example.resize": "「{vm}のメモリを2GBにして」",
    "example.text": "「タイトルが「ようこそ」のウェブサーバーhelloを作って」",
}

TABLES: dict[Lang, dict[str, str]] = {"en": EN, "ja": JA}
