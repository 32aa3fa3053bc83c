"""An address that a caller was asked for: what has been begun is taken up, and a road alone is a beginning.

Who is asked says less than who was not: 建设路 first, then 十八号; and 不对，是五号楼 keeps the estate that was to be
confirmed. entities/addresses.py, which reads what nobody has asked for, takes none of these for an address.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace

from ivr.understanding.entities.addresses import Address, find_addresses
from ivr.understanding.entities.entity import Entity

_NO_NAME = "在是于到住我你他的走马铁"  # 我在走路, 楼下的马路
_LEAD = re.compile(r"(?:不对|不是|错了|嗯)*(?:地址|地点)?(?:应该)?[是在]?")
_NAME = rf"[^\W\d_a-z{_NO_NAME}]{{1,7}}?"
_ROAD = re.compile(rf"{_NAME}(?:路|街|大道|巷|胡同)")
_ESTATE = re.compile(rf"{_NAME}(?:小区|花园|家园|村|大厦|广场|公园|苑)")
_PARTS_OF_ADDRESS = {
    "province": ("province",),
    "city": ("city",),
    "district": ("district", "township"),
    "road": ("street", "estate"),
    "house": ("number", "building", "unit", "room"),
}
"""What of an address (addresses.py) belongs to each part that a question may want, from large to small."""


def asked_addresses(text: str, known: str) -> list[Entity]:
    """The addresses in an answer; one that was begun (`known`) is taken up where the answer sets in: 五号楼 is that of
    the estate named before."""
    answer = _LEAD.match(text)
    begin = answer.end() if answer else 0
    found = [*find_addresses(text[begin:])] or _begun(text[begin:])
    before = next(iter([*find_addresses(known), *_begun(known)]), None) if known else None
    if before is None or not isinstance(before.value, Address) or known in text:
        return [replace(one, start=one.start + begin, end=one.end + begin) for one in found]
    if not found:  # a house number alone is no address
        whole = find_addresses(known + text)
        return [replace(one, start=0, end=len(text)) for one in whole if one.start == 0 and one.end > len(known)]
    return [replace(one, value=_taken_up(before.value, one.value)) for one in found]


def _taken_up(known: Address, said: object) -> object:
    """`said`, and above its largest part what is known."""
    if not isinstance(said, Address):
        return said
    names = [part.name for part in fields(Address) if part.name != "code"]
    largest = next((index for index, name in enumerate(names) if getattr(said, name)), 0)
    above = {name: getattr(known, name) for name in names[:largest]}
    return replace(said, **above, code=said.code or known.code)


def _begun(text: str) -> list[Entity]:
    """A road, an estate, or an estate by a road: of no use where nobody asked, but the beginning of an answer."""
    road = _ROAD.search(text)
    estate = _ESTATE.match(text, road.end()) if road else _ESTATE.search(text)
    found = [part for part in (road, estate) if part is not None]
    if not found:
        return []
    value = Address(street=road[0] if road else "", estate=estate[0] if estate else "")
    start, end = found[0].start(), found[-1].end()
    return [Entity("address", start, end, text[start:end], value, 0.5, "", "the house is not said")]


def reaches(address: object, part: str) -> bool:
    """Whether an address is known down to `part`, or further."""
    parts = list(_PARTS_OF_ADDRESS)
    names = (name for one in parts[parts.index(part) :] for name in _PARTS_OF_ADDRESS[one])
    return any(getattr(address, name, "") for name in names)
