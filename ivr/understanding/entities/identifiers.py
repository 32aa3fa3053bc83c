"""Phone, card, plate, order and account numbers in a turn, spoken or written.

What a run of digits is, is decided by what fits: a plate and an identity card say themselves what they are; a number of
eleven digits that begins with 1[3-9] is a mobile phone; sixteen or nineteen with a right Luhn digit are a card. Words
beside the number (我的手机号是, 卡号) decide where more than one fits, and are the only ground on which a number is
called too short or too long. All that fits is returned, so that a flow that asks for an account number gets it though
it might be a telephone's; `find.settled` chooses where nobody asked.

Corrections are carried out first (corrections.py); an entity then spans what was taken back inside it, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from ivr.understanding.digits import read_digits
from ivr.understanding.entities import english_identifiers as english
from ivr.understanding.entities.bank_cards import fault_of_bank_card, is_card_like, luhn
from ivr.understanding.entities.corrections import Correction, corrected
from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.faults import Fault, of_length
from ivr.understanding.entities.id_cards import fault_of_id_card
from ivr.understanding.entities.phones import (
    fault_of_phone,
    is_service_number,
    mainland_confidence,
    written_phones,
)
from ivr.understanding.entities.plates import fault_of_plate, plates
from ivr.understanding.entities.spoken_digits import MAX_CHARACTERS, Run, plain_of, runs
from ivr.understanding.result import Digits

_MANDARIN_CONTEXT = {
    "phone": r"手机|电话|座机|联系方式|传真|热线|拨打|打给|分机",
    "id_card": r"身份证|证件号",
    "bank_card": r"银行卡|信用卡|储蓄卡|借记卡|卡号|卡片号",
    "postcode": r"邮编|邮政编码",
    "digits": r"订单|单号|账号|帐号|账户|户号|编号|工号|序列号|流水号|合同号|保单|会员|尾号|后四位|验证码|密码|"
    r"学号|房号|车次|航班|票号|机号",
}
_CONTEXT = re.compile(
    "|".join(f"(?P<{kind}>{words}|{english.CONTEXT[kind]})" for kind, words in _MANDARIN_CONTEXT.items())
)
_BEFORE, _AFTER = 18, 10  # characters in which a word that says what a number is may stand
_UNIT = re.compile(
    r"\s?(?:[年月日点块元毛角分秒岁度千百万亿个份栋幢楼层室米斤克升吨折倍%％℃次台件张人名条只]|号(?:楼|院|线|店|门)|美元|公里|小时|pm\b|am\b)"
)
_EMAIL = re.compile(
    r"(?<![\w.+-])[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9](?:[a-z0-9-]{0,62}\.){1,4}[a-z]{2,24}(?![\w-])", re.ASCII
)
_LEAST = 4
"""Fewer digits than these are called a number only beside a word that says so."""
_LEAST_OF_CARD = 8
_MAINLAND_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_NUMBER_BEGINS = re.compile(r"[\s,，:：]*(?:号码|号)?(?:就?是|为)?[\s,，:：]*")
_HANS_RUN = re.compile(r"[㐀-鿿]{0,12}")
_BY_SOUND = {"phone": Digits(11, 11), "bank_card": Digits(16, 19), "id_card": Digits(18, 18)}


def find_identifiers(text: str, at: datetime | None = None) -> list[Entity]:
    """All identifiers in `text`, from the left; more than one kind may stand at one place. `at` bounds dates of birth.

    Values are ASCII digits and capital letters (a plate begins with its province); a phone number may begin with + and
    end in x and an extension. `fault` is `str(faults.Fault)`.
    """
    said = text[:MAX_CHARACTERS]
    correction = corrected(said)
    plain = plain_of(correction.text)
    today = at.date() if at is not None else None
    found = [*_emails(plain), *_plates(plain), *_phones(plain), *_from_runs(plain, today)]
    once: dict[tuple[str, int, int], Entity] = {}
    for entity in found:
        key = (entity.kind, entity.start, entity.end)
        if key not in once or once[key].confidence < entity.confidence:
            once[key] = entity
    placed = [_placed(entity, said, correction) for entity in _without_lesser(list(once.values()))]
    return sorted(placed, key=lambda entity: (entity.start, -entity.end, -entity.confidence, entity.kind))


def _placed(entity: Entity, said: str, correction: Correction) -> Entity:
    start, end = correction.span(entity.start, entity.end)
    return replace(entity, start=start, end=end, text=said[start:end])


def _without_lesser(found: list[Entity]) -> list[Entity]:
    """Without those that lie within a longer or equal one of the same kind."""
    return [
        entity
        for entity in found
        if not any(
            other is not entity
            and other.kind == entity.kind
            and other.start <= entity.start
            and entity.end <= other.end
            and (other.end - other.start) > (entity.end - entity.start)
            for other in found
        )
    ]


def _emails(plain: str) -> Iterator[Entity]:
    for match in _EMAIL.finditer(plain):
        yield Entity("email", match.start(), match.end(), match[0], match[0], 1.0, "", "it is written as an address")


def _plates(plain: str) -> Iterator[Entity]:
    for plate in plates(plain):
        fault = fault_of_plate(plate.value)
        why = (
            "a province heard by its sound, a letter and a number"
            if plate.by_sound
            else "a province, a letter and a number"
        )
        sure = 0.6 if plate.by_sound else 1.0
        yield Entity("plate", plate.start, plate.end, "", plate.value, sure, str(fault or ""), why)


def _phones(plain: str) -> Iterator[Entity]:
    for phone in written_phones(plain):
        context = _context(plain, phone.start, phone.end)
        if context in ("id_card", "bank_card", "postcode"):
            continue
        sure = min(1.0, phone.confidence + 0.4) if context == "phone" else phone.confidence * (0.5 if context else 1.0)
        why = "it is written as a telephone number" + (", and the words beside it say so" if context == "phone" else "")
        fault = str(fault_of_phone(phone.value) or "") if context == "phone" and _spoken_like(phone.value) else ""
        yield Entity("phone", phone.start, phone.end, "", phone.value, sure, fault, why)


def _spoken_like(value: str) -> bool:
    """Whether a number in figures is one that a mainland caller meant as a mobile's, so that a digit is lacking."""
    return value.startswith("1") and 9 <= len(value) <= 13 and value.isdigit()


def _from_runs(plain: str, today: date | None) -> Iterator[Entity]:
    for whole in runs(plain):
        context = _context(plain, whole.start, whole.end)
        complete = False
        for run in _whole_or_parts(whole, plain, today):
            for entity in _readings(run, plain, context, today):
                complete = complete or (entity.kind == context and not entity.fault)
                yield entity
        if not complete and context in _BY_SOUND:
            yield from _by_sound(whole, plain, context, today)


def _by_sound(run: Run, plain: str, context: str, today: date | None) -> Iterator[Entity]:
    """The number that `run` is part of, homophones read as digits, where only so it is complete (一三酒 is 139)."""
    word = list(_CONTEXT.finditer(plain, max(0, run.start - _BEFORE), run.start))
    if not word or len(run.value) < _LEAST:
        return
    start = _NUMBER_BEGINS.match(plain, word[-1].end())
    begin, end = (start.end() if start else run.start), run.end
    stop = _HANS_RUN.match(plain, end)
    end = stop.end() if stop else end
    reading = read_digits(plain[begin:end], _BY_SOUND[context])
    value = reading.digits
    if reading.by_sound and reading.said >= len(value) and _fault(context, value, today) is None:
        yield Entity(context, begin, end, "", value, 0.6, "", "homophones make it a whole number")


def _fault(kind: str, value: str, today: date | None) -> Fault | None:
    if kind == "id_card":
        return fault_of_id_card(value, today)
    return fault_of_bank_card(value) if kind == "bank_card" else fault_of_phone(value)


def _whole_or_parts(run: Run, plain: str, today: date | None) -> list[Run]:
    """`run`, or its parts where each of them is something and the whole is not."""
    if _sure(run.value, today):
        return [run]
    parts = run.parts(plain)
    if len(parts) > 1 and all(_sure(part.value, today) for part in parts):
        return parts
    if (again := _begun_again(run)) is not None:
        return [again]
    return [run]


def _sure(value: str, today: date | None) -> bool:
    return (
        bool(mainland_confidence(value))
        or fault_of_id_card(value, today) is None
        or (is_card_like(value) and value.isdigit() and luhn(value))
    )


def _begun_again(run: Run) -> Run | None:
    """The last part of a mobile's number that was begun twice (一三八零零 一三八零零一三八…), None if it was not."""
    value = run.value
    for index in range(1, len(run.pieces)):
        tail = Run(run.pieces[index:])
        first = value[: len(value) - len(tail.value)]
        if len(first) >= 3 and _MAINLAND_MOBILE.fullmatch(tail.value) and tail.value.startswith(first):
            return tail
    return None


def _readings(run: Run, plain: str, context: str, today: date | None) -> Iterator[Entity]:
    value = run.value
    if not value.isdigit():
        yield from _lettered(run, context, today)
        return
    if context == "id_card" or (len(value) == 18 and context != "bank_card"):
        yield from _id_card(run, context, today)
    if context == "bank_card" or (is_card_like(value) and luhn(value)):
        yield from _bank_card(run, context)
    yield from _phone_run(run, plain, context)
    if context == "postcode" and len(value) >= _LEAST:
        fault = str(of_length(len(value), 6, "postcode") or "")
        yield _of_run("postcode", run, value, 1.0, fault, "the words beside it say so")
    said_so = context == "digits" and len(value) > 1
    bare = len(value) >= _LEAST and not run.awkward and (context or not _UNIT.match(plain, run.end))
    if said_so or bare:
        sure = 1.0 if said_so else 0.5
        yield _of_run("digits", run, value, sure, "", "digits one after another")


def _id_card(run: Run, context: str, today: date | None) -> Iterator[Entity]:
    if len(run.value) < _LEAST_OF_CARD:
        return  # 身份证后四位, 一个身份证
    fault = fault_of_id_card(run.value, today)
    said_so = context == "id_card"
    if fault is None or said_so or fault.word == "wrong_check_digit":
        sure = 1.0 if fault is None else 0.8 if said_so else 0.4
        why = "area, birth and check digit are right" if fault is None else "the words beside it say so"
        yield _of_run("id_card", run, run.value, sure, str(fault or ""), why)


def _bank_card(run: Run, context: str) -> Iterator[Entity]:
    if len(run.value) < _LEAST_OF_CARD:
        return
    fault = fault_of_bank_card(run.value)
    sure = 1.0 if context == "bank_card" and fault is None else 0.8
    yield _of_run("bank_card", run, run.value, sure, str(fault or ""), "Luhn digit" if fault is None else "the words")


def _phone_run(run: Run, plain: str, context: str) -> Iterator[Entity]:
    if not run.spoken:
        return  # phones.py judges figures by how they are set, too
    value, end = run.value, run.end
    known = mainland_confidence(value)
    if not known and context == "phone" and len(value) >= 7:
        known = 0.7
    elif (
        not known
        and is_service_number(value)
        and re.search(r"打|拨|call\s?$", plain[max(0, run.start - 4) : run.start])
    ):
        known = 0.8
    if not known or context in ("id_card", "bank_card", "postcode"):
        return
    fault = str(fault_of_phone(value) or "") if context == "phone" else ""
    if context == "digits":
        known *= 0.5
    extension = re.compile(r"\s?(?:转|分机号?是?|extension|ext)\s?").match(plain, end)
    if extension:
        inner = next((other for other in runs(plain) if other.start == extension.end() and len(other.value) <= 6), None)
        if inner is not None:
            value, end = f"{value}x{inner.value}", inner.end
    yield Entity("phone", run.start, end, "", value, known, fault, "as the plan of numbers has it")


def _lettered(run: Run, context: str, today: date | None) -> Iterator[Entity]:
    value = run.value
    if fault_of_id_card(value, today) is None or (context == "id_card" and value.endswith("X")):
        fault = fault_of_id_card(value, today)
        yield _of_run(
            "id_card", run, value, 1.0 if fault is None else 0.8, str(fault or ""), "X is its check character"
        )
    elif context == "digits" or (len(value) >= 5 and sum(c.isdigit() for c in value) >= 3):
        yield _of_run("digits", run, value, 1.0 if context == "digits" else 0.6, "", "letters and digits")


def _context(plain: str, start: int, end: int) -> str:
    """The kind that the nearest word before (else after) a number gives it, "" for none."""
    before = list(_CONTEXT.finditer(plain, max(0, start - _BEFORE), start))
    if before and not re.search(r"[0-9]{3}|[。;；]", plain[before[-1].end() : start]):
        return before[-1].lastgroup or ""
    after = _CONTEXT.search(plain, end, min(len(plain), end + _AFTER))
    return (after.lastgroup or "") if after else ""


def _of_run(kind: str, run: Run, value: str, sure: float, fault: str, why: str) -> Entity:  # noqa: PLR0917
    return Entity(kind, run.start, run.end, "", value, sure, fault, why)
