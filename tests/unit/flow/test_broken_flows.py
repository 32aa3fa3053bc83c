# ruff: noqa: E501  a table of mistakes is read a line a mistake
"""A flow that uses the whole language, broken in one place at a time: each mistake is named exactly where ▶ stands.

A row: what is replaced, by what, what the message says, and what it tells to do. Several places may be replaced.
"""

import shutil
from pathlib import Path

import pytest

from ivr.flow.load import examine

pytestmark = pytest.mark.unit
WHOLE = Path(__file__).parent / "whole_language"
FLOW = (WHOLE / "flow.yaml").read_text(encoding="utf-8")

MISTAKES = {
    # words and their values
    "a misspelt word of the hotline": ("main_menu: need", "▶main_mneu: need", "`main_mneu` is not a word", "mean `main_menu`?"),
    "a misspelt word of a call": ("      save: bill\n", "      ▶saev: bill\n", "`saev` is not a word of the flow language here", "mean `save`?"),
    "a misspelt word of a slot": ("            length: 8", "            ▶lenght: 8", "`lenght` is not a word", "mean `length`?"),
    "a misspelt word of a branch": ("      - if: owed", "      - ▶iff: owed", "`iff` is not a word", "mean `if`?"),
    "a language that nobody speaks": ("also: [en]", "also: [▶fr]", "cannot be `fr`", "use 'zh-CN' or 'en'"),
    "two languages besides": ("also: [en]", "also: ▶[zh-CN, en]", "has too many items", "keep at most 1"),
    "a queue with a space": ("{queue: support,", "{queue: ▶my queue,", "`my queue` is no name", "use letters"),
    "a promise of no turns": ("person_within: 2", "person_within: ▶0", "`person_within` is too little", "at least 1"),
    "a promise in words": ("person_within: 2", "person_within: ▶two", "`two` is not a whole number", "write it as 3"),
    "a promise of hours": ("person_after: 60s", "person_after: ▶1h", "`1h` is not a length of time", "600ms, 5s or 1.5m"),
    "a value of no type": ("owed: {type: money}", "owed: {type: ▶euro}", "`type` cannot be `euro`", "'money'"),
    "a value without a type": ("  owed: {type: money}", "  ▶owed: {pii: true}", "`type` is missing", "add a line `type: …`"),
    "a call without an address": ("      get: '{env.CRM}/customers/{caller}'\n", "", "a call has one address", "write `get: …` or `post: …`", ("      headers:", "      ▶headers:")),
    "a call with two addresses": ("      get: '{env", "      ▶post: '{env.CRM}'\n      get: '{env", "a call has one address", "write `get: …`"),
    "a body for a get": ("      expect:", "      ▶body: {a: caller}\n      expect:", "a `get` sends nothing", "use `post`"),
    "a call without a way to fail": ("      failed: need\n", "", "`failed` is missing", "add a line `failed: …`", ("    call:\n", "    ▶call:\n")),
    "a call without an end": ("      save: bill", "      timeout: ▶5m\n      save: bill", "`timeout` is too much", "at most 30"),
    "a call that never stops trying": ("      save: bill", "      retry: ▶99\n      save: bill", "`retry` is too much", "at most 5"),
    "an answer of no type": ("amount: money}", "amount: ▶euro}", "`amount` cannot be `euro`", "'number', 'money'"),
    "a code without an address": ("      to: caller\n", "", "`by: code` goes with `to` alone", "write `to: …`", ("    verify:\n      by", "    verify:\n      ▶by")),
    "a code with an answer": ("      to: caller\n", "      to: caller\n      is: level\n", "`by: code` goes with `to` alone", "write `to: …`", ("    verify:\n      by", "    verify:\n      ▶by")),
    "a way of verifying that there is not": ("by: code", "by: ▶sms", "`by` cannot be `sms`", "'answer', 'code' or 'totp'"),
    "a hundred tries": ("      by: code", "      attempts: ▶100\n      by: code", "`attempts` is too much", "at most 5"),
    "a survey that keeps nothing": ("      save: stars\n", "", "`save` is missing", "add a line `save: …`", ("    survey:\n", "    ▶survey:\n")),
    "a scale upside down": ("      save: stars", "      scale: ▶5-1\n      save: stars", "`5-1` is not a number of digits", "6-12"),
    "a callback to nobody": ("      number: caller\n      save: noted", "      save: noted", "`number` is missing", "add a line", ("    callback:\n", "    ▶callback:\n")),
    "a message of an hour": ("      save: voice", "      longest: ▶60m\n      save: voice", "`longest` is too much", "at most 300"),
    "a choice without options": ("        options: {north: {zh-CN: [华北], en: [north]}, south: {zh-CN: [华南], en: [south]}}\n        keys: {1: north, 2: south}\n", "", "a choice needs `options`", "list each", ("        type: choice", "        ▶type: choice")),
    "a key of no option": ("keys: {1: north, 2: south}", "▶keys: {1: north, 2: west}", "key 2 leads to `west`, which is no option", "use one of north, south"),
    "key 0 for an option": ("keys: {1: north, 2: south}", "▶keys: {1: north, 0: south}", "key 0 always leads to a person", "use another key"),
    "key 0 for an intent": ("keys: {1: buy, 2: sell}", "▶keys: {1: buy, 0: sell}", "key 0 always leads to a person", "use another key"),
    "a way out with neither if nor else": ("      - else: bye", "      - ▶next: bye", "a way out is `if: …` with `next: …`", "write one of the two"),
    "a language nobody can switch to": ("    say: {zh-CN: 九点到六点。, en: Nine to six.}", "    say: {▶fr: Neuf heures, zh-CN: 九点到六点。, en: Nine to six.}", "`fr` is not a language here", "use one of zh-CN, en"),
    "a next that is never reached": ("        next: owes\n      - else: bye\n", "        next: owes\n      - else: bye\n    ▶next: bye\n", "`next` is never reached after `branch`", "remove one"),
    "something after a branch": ("        next: owes\n      - else: bye\n", "        next: owes\n      - else: bye\n    ▶say: {zh-CN: 还有, en: More}\n", "nothing happens after `branch`", "the last action"),
    "a wordless barge-in": ("    intents: [buy, sell]", "    barge_in: ▶maybe\n    intents: [buy, sell]", "`barge_in` cannot be `maybe`", "'on', 'keys' or 'off'"),
    # expressions
    "an expression that breaks off": ("tries < 3", "tries <", "is missing", "", ("if: open", "if: ▶open")),
    "one equals sign": ("owed > 100", "owed = 100", "`=` cannot stand in an expression", "write == to compare", ("if: owed != none", "if: ▶owed != none")),
    "Python in an expression": ("tries < 3", "tries.__class__ < 3", "has no part `__class__`", "it is no record", ("if: open", "if: ▶open")),
    "a function that there is not": ("if: open(", "if: ▶opne(", "there is no function `opne`", "mean `open`?"),
    "a function with too little": ('open("day")', "▶open()", "`open` takes 1 values, not 0", "write open(text)"),
    "a function of the wrong type": ('open("day")', "▶open(3)", "wants a text, not a number", "check the types"),
    "a number against a text": ("owed > 100", 'owed > "100"', "`>` cannot hold a number against a text", "compare like with like", ("if: owed != none", "if: ▶owed != none")),
    "arithmetic with a text": ("      owed: bill.amount", "      owed: ▶level * 2", "`*` wants a number, not a text", "check the types"),
    "a text kept as money": ("      owed: bill.amount", "      owed: ▶bill.name", "`bill.name` is a text, not a number", "quotes"),
    "a value that begins as another type": ("start: 0}", "start: ▶yes}", "`yes` is a yes_no, not a number", "quotes"),
    "a text without quotes": ("start: '\"L1\"'", "start: ▶L1", "nothing is called `L1`", "quotes"),
    "a number for a phone": ("{number: caller}", "{number: ▶tries}", "`tries` is a number, not a text", "quotes"),
    "a part that was not expected": ("owed: bill.amount", "owed: ▶bill.amuont", "`bill` has no part `amuont`", "use one of name, amount"),
    "a name in a condition that there is not": ("tries < 3", "trys < 3", "nothing is called `trys`", "mean `tries`?", ("if: open", "if: ▶open")),
    "hours that there are not": ('if: open("day")', 'if: ▶open("night")', "there are no hours `night`", "write them under `hours: night:`"),
    # hours
    "a weekday of another language": ("- mon-fri 09", "- ▶lun-ven 09", "are no opening hours", "write mon-fri 09:00-18:00"),
    "a time that no clock shows": ("09:00-18:00", "▶09:00-25:00", "no clock shows", "00:00 to 24:00", ("- mon-fri ▶", "- ▶mon-fri ")),
    "hours without a time": ("- mon-fri 09:00-18:00", "- ▶mon-fri", "are no opening hours", "write mon-fri"),
    "hours that nobody asks for": ("  day:\n", "  ▶night:\n    open: [sat 20:00-24:00]\n  day:\n", "nothing asks for the hours `night`", "remove them"),
    # names
    "a start that there is not": ("start: welcome", "start: ▶welcom", "there is no step `welcom`", "mean `welcome`?"),
    "a main menu that there is not": ("main_menu: need", "main_menu: ▶menu", "there is no step `menu`", "write the step `menu`"),
    "nowhere for the refused": ("refused: later", "refused: ▶latre", "there is no step `latre`", "mean `later`?"),
    "a way out of a branch to nowhere": ("      - else: bye", "      - else: ▶bey", "there is no step `bey`", "mean `bye`?"),
    "a failure to nowhere": ("      failed: message", "      failed: ▶mesage", "there is no step `mesage`", "mean `message`?"),
    "a digression to nowhere": ("hours_asked: tell_hours", "hours_asked: ▶tell_hour", "there is no step `tell_hour`", "mean `tell_hours`?"),
    "a digression of no intent": ("{hours_asked: tell", "{hour_asked: ▶tell", "there is no intent `hour_asked`", "mean `hours_asked`?"),
    "a way into a routine": ("    next: told", "    next: ▶which", "there is no step `which`", "write the step"),
    "a way out of a routine": ("        return: {account: code}", "        next: ▶told", "there is no step `told`", "name one of which"),
    "a queue that there is not": ("hand_off: sales", "hand_off: ▶sale", "there is no queue `sale`", "mean `sales`?"),
    "a queue for everybody that there is not": ("queue: support,", "queue: ▶suport,", "there is no queue `suport`", "mean `support`?"),
    "a step called back": ("  told:\n", "  ▶back:\n", "no step can be called `back`", "give it another name", ("    next: told", "    next: back")),
    # routines
    "a routine that there is not": ("routine: identify", "routine: ▶idetify", "there is no routine `idetify`", "mean `identify`?"),
    "a routine given too little": ("      with: {number: caller}\n", "", "routine `identify` needs `number`", "give it under `with`", ("    run:\n      routine", "    run:\n      ▶routine")),
    "a routine given too much": ("with: {number: caller}", "with: {number: caller, name: level}", "takes number, not name", "under `with`", ("    run:\n      routine", "    run:\n      ▶routine")),
    "a result that it does not give": ("{ours: account}", "{ours: ▶acount}", "gives no `acount`", "mean `account`?"),
    "a routine that forgets its result": ("        return: {account: code}", "        ▶return: {}", "gives `account`, which is missing here", "add `account: …`"),
    "a routine that gives something else": ("return: {account: code}", "return: {account: code, ▶name: code}", "does not give `name`", "under `gives`"),
    "a routine that just ends": ("        return: {account: code}\n", "", "ends after step `which` without giving account", "add `return:", ("      which:\n", "      ▶which:\n")),
    "a routine that returns another type": ("return: {account: code}", "return: {account: ▶3}", "`3` is a number, not a text", "quotes"),
    "a routine that nobody runs": ("routines:\n", "routines:\n  ▶spare:\n    start: a\n    steps: {a: {hang_up: {zh-CN: 好。, en: Bye.}}}\n", "no step runs routine `spare`", "or remove it"),
    "a routine that runs itself": ("        return: {account: code}", "        run: {routine: identify, with: {number: number}, save: {again: account}}\n        next: done\n      done:\n        return: {account: again}", "routine `identify` runs itself", "go round by `next`", ("  identify:\n", "  ▶identify:\n")),
    "a routine that goes back": ("        return: {account: code}", "        next: ▶back", "a routine has no `back`", "end the routine with"),
    "a return outside of a routine": ("    next: told", "    ▶return: {}", "only a routine returns", "use `next: …`"),
    # paths
    "a step that nobody reaches": ("  bye:\n", "  ▶spare:\n    hang_up: {zh-CN: 好。, en: Bye.}\n  bye:\n", "no call ever reaches step `spare`", "or remove it"),
    "a step that leads nowhere": ("  message:\n    record:", "  ▶message:\n    record:", "the call breaks off after step `message`", "add `next: …`", ("      save: voice\n    next: bye\n", "      save: voice\n")),
    "a branch without else": ("      - else: bye\n", "", "the branch has no way out if nothing holds", "add a last line `- else: …`", ("      - if: owed", "      - ▶if: owed")),
    "an else that is not last": ("      - if: owed", "      - else: bye\n      - ▶if: owed", "nothing after `else` is ever looked at", "put `else` last"),
    "a service asked for ever": ("      failed: need", "      failed: ▶look", "steps look → look go round", "lead out of it"),
    "a circle of conditions": ("      - else: bye", "      - else: ▶round\n  round:\n    say: {zh-CN: 好。, en: Well.}\n    next: told", "go round without ever listening", "put an `ask`", ("  round:\n    say: {zh-CN: 好。, en: Well.}\n    next: told", "  round:\n    say: {zh-CN: 好。, en: Well.}\n    next: ▶told"), ("- else: ▶round", "- else: round")),
    "an intent that leads nowhere": ("then: {buy: identified, sell: sold}", "then: {buy: identified}", "intent `sell` leads nowhere", "under `then`", ("  need:\n", "  ▶need:\n")),
    # values
    "a value that nothing fills": ("您欠{owed|money}。", "您欠{owned|money}。", "nothing ever fills `{owned}`", "mean `owed`?", ("    say: {zh-CN: '您欠", "    say: {zh-CN: ▶'您欠")),
    "a value read before it is filled": ("        next: owes\n      - else: bye", "        next: owes\n      - else: owes", "`owed` may be empty here, as on the way ", "branch: [{if: owed != none", ("    say: {zh-CN: '您欠", "    say: {zh-CN: ▶'您欠")),
    "a value read though its service may have failed": ("zh-CN: 买还是卖？", "zh-CN: ▶'{bill.name}，买还是卖？'", "`bill` may be empty here", "fill it on every way here"),
    "a value reckoned with before it is filled": ("      - if: owed != none and owed > 100", "      - if: ▶owed > 100", "`owed` may be empty here", "if: owed != none"),
    "a value sent before it is filled": ("{number: caller}", "{number: ▶bill.name}", "`bill` may be empty here", "fill it"),
    "a slot said by its own question": ("ask: {zh-CN: 请说账号。,", "ask: {zh-CN: ▶'请说{code}。',", "`code` may be empty here, as on the way which", "fill it"),
    "a main value in a routine": ("ask: {zh-CN: 请说账号。,", "ask: {zh-CN: ▶'{level}请说账号。',", "nothing ever fills `{level}`", "collect it"),
    "a formatter that there is not": ("您欠{owed|money}。", "您欠{owed|mony}。", "there is no formatter `mony`", "mean `money`?", ("    say: {zh-CN: '您欠", "    say: {zh-CN: ▶'您欠")),
    "a brace that stands alone": ("您欠{owed|money}。", "您欠{owed|money。", "a brace stands alone", "write values as {name}", ("    say: {zh-CN: '您欠", "    say: {zh-CN: ▶'您欠")),
    "a secret in an address": ("      get: '{env.CRM}", "      get: ▶'{secret.CRM}", "a secret in an address ends in logs", "put it into `headers`"),
    # keys, people, languages
    "a way for 转人工": ("then: {buy: identified,", "then: {▶agent: bye, buy: identified,", "`agent` leads to a person always", "person: {queue"),
    "a digression for what is everywhere": ("anywhere: {", "anywhere: {▶repeat: tell_hours, ", "`repeat` is understood everywhere already", "a name of its own"),
    "a text that lacks a language": ("    say: {zh-CN: 您好。, en: Hello.}", "    say: ▶{zh-CN: 您好。}", "the text has no en", "add a line `en: …`"),
    "an option that lacks a language": ("south: {zh-CN: [华南], en: [south]}", "south: ▶{zh-CN: [华南]}", "the text has no en", "add a line `en: …`"),
    "the hotline's language twice": ("also: [en]", "also: [▶zh-CN]", "zh-CN is the language of the hotline already", "name another language"),
}  # fmt: skip

ADVICE = {
    "a prompt of a minute": ("zh-CN: 您好。, ", "zh-CN: ▶" + "很长的话" * 40 + ", ", "the prompt takes 36 s to say", "keep it under 25 s"),
    "a question without keys": ("    keys: {1: buy, 2: sell}\n", "", "this can only be answered by voice", "add `keys:", ("    ask:\n      zh-CN: 买", "    ▶ask:\n      zh-CN: 买")),
    "a choice without keys": ("        keys: {1: north, 2: south}\n", "", "`region` can only be answered by voice", "add `keys:", ("      region:\n", "      ▶region:\n")),
    "two keys for one answer": ("keys: {1: buy, 2: sell}", "keys: {1: buy, 2: sell, ▶3: buy}", "keys 1 and 3 both stand for `buy`", "keep one"),
    "an option that has no key": ("keys: {1: north, 2: south}", "▶keys: {1: north}", "no key stands for `south`", "add one, such as `2: south`"),
    "a key for what cannot be said": ("    intents: [buy, sell]\n    keys: {1: buy, 2: sell}\n    then: {buy: identified, sell: sold}", "    intents: [sell]\n    keys: {1: ▶buy, 2: sell}\n    then: {sell: sold}\n    next: identified", "`buy` has a key here and cannot be said", "add `buy` to `intents`"),
    "a text in one language of two": ("    say: {zh-CN: 您好。, en: Hello.}", "    say: ▶您好。", "callers hear this in zh-CN whatever they speak", "write it in both"),
    "too many keys": ("keys: {1: buy, 2: sell}", "keys: ▶{1: buy, 2: sell, 3: agent, 4: repeat, 5: back, 6: main_menu, 7: hang_up}", "7 options are too many", "at most 6"),
}  # fmt: skip


def broken(old, new, *more):
    """The flow with its places replaced, and (line, column) of the ▶ in it."""
    text = FLOW
    for here, there in ((old, new), *more):
        assert text.count(here) == 1, here
        text = text.replace(here, there)
    before, _, after = text.partition("▶")
    assert "▶" not in after
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.fixture
def found(tmp_path):
    """Checks the flow given as text, with the intents that belong to it."""

    def find(text):
        shutil.copytree(WHOLE / "intents", tmp_path / "intents", dirs_exist_ok=True)
        (tmp_path / "flow.yaml").write_text(text, encoding="utf-8")
        return examine(tmp_path)[1]

    return find


def test_the_whole_language_can_be_written_without_a_mistake_or_an_advice(found):
    assert found(FLOW) == []


def test_there_are_enough_broken_flows():
    assert len(MISTAKES) >= 60


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_where_it_stands_with_its_remedy(found, mistake):
    assert_named(found, MISTAKES[mistake], advice=False)


@pytest.mark.parametrize("advice", ADVICE)
def test_what_would_serve_callers_better_is_advised_and_no_mistake(found, advice):
    assert_named(found, ADVICE[advice], advice=True)


def assert_named(found, row, *, advice):
    old, new, what, mend, *more = row
    text, line, column = broken(old, new, *more)
    problems = found(text)
    listing = "\n".join(map(str, problems))
    named = [problem for problem in problems if (problem.line, problem.column) == (line, column)]
    assert any(what in one.what and mend in one.mend and one.advice == advice for one in named), (
        f"{line}:{column}\n{listing}"
    )
    assert advice is False or all(problem.advice for problem in problems), listing
