"""`ivr bench asr`: how well the recogniser hears, freely, with a domain's own words, and as the hotline does.

What the hotline does is its own code: phrases from ivr/understanding/grammar.py, the second look and what is taken for
speech from elsewhere from trust.py, a number's reading by the interpreter. ivr/qa/spoken_material.py says what a list
is and what noise means. RTF is wall time of one turn after another in one worker over their duration.

Decided: `DEFAULT_ROWS` of each list unless more are asked for. Free decoding is nearly all of the time, and a figure
that takes an hour is taken once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from ivr.audio import duration_ms
from ivr.cli.equipment import recognizer_for
from ivr.errors import ModelError, UsageError
from ivr.qa.machine_limit import load_average
from ivr.qa.recognition_errors import Errors, characters, errors, is_number
from ivr.qa.spoken_material import Row, read_rows, sound, speak
from ivr.settings import load_settings
from ivr.understanding import grammar
from ivr.understanding.familiar import Familiar
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.normalise import normalise
from ivr.understanding.result import Digits, State, Utterance
from ivr.understanding.trust import believed_text, from_elsewhere, needs_second_look
from ivr_asr.api import Hypothesis, RecognitionError, Recognizer
from ivr_tts.api import SynthesisError

LANGUAGE = "zh-CN"
DEFAULT_ROWS = 120
_PIECE_BYTES = 1600


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--transcripts", required=True, type=Path, metavar="TSV", help="path TAB text a line")
    parser.add_argument("--phone", action="store_true", help="through G.711 at 8 kHz")
    parser.add_argument("--noise", type=float, metavar="DB", help="white noise this far below the whole turn's power")
    parser.add_argument("--domain", type=Path, metavar="TXT", help="the hotline's own phrases, one a line")
    parser.add_argument("--digits", action="store_true", help="only rows that are numbers, with a state's grammar")
    parser.add_argument("--speak", action="store_true", help="rows without a path are spoken by synthetic voices")
    parser.add_argument("--elsewhere", type=Path, metavar="TSV", help="speech that is not of the domain")
    parser.add_argument("--no-free", action="store_true", help="decode freely only where the hotline does")
    parser.add_argument(
        "--rows",
        type=int,
        default=DEFAULT_ROWS,
        metavar="N",
        help=f"N rows of each list at most, evenly spread; 0 is all, left out: {DEFAULT_ROWS}",
    )
    parser.add_argument("--pairs", type=Path, metavar="FILE", help="write said TAB heard, for `ivr learn confusions`")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE; - is standard output")


@dataclass
class Decoder:
    """One recogniser and how long it took: seconds of wall and of audio, by way of decoding."""

    recognizer: Recognizer
    wall_s: dict[str, float]
    audio_s: dict[str, float]

    async def decode(self, pcm: bytes, phrases: Sequence[str], way: str) -> Hypothesis:
        began = time.perf_counter()
        hearing = await self.recognizer.open(phrases=phrases)
        try:
            for start in range(0, len(pcm), _PIECE_BYTES):  # as the ears do: the engine's patience is for each piece
                await hearing.feed(pcm[start : start + _PIECE_BYTES])
            heard = await hearing.finish()
        finally:
            await hearing.close()
        self.wall_s[way] = self.wall_s.get(way, 0.0) + time.perf_counter() - began
        self.audio_s[way] = self.audio_s.get(way, 0.0) + duration_ms(pcm) / 1000
        return heard

    def rtf(self, way: str) -> float:
        """Wall time over duration, 0 where nothing was decoded this way."""
        return self.wall_s.get(way, 0.0) / self.audio_s[way] if way in self.audio_s else 0.0


@dataclass(frozen=True)
class Turn:
    """What was made of one row: `first` with the phrases, `free` decoding where it was asked for, `utterance` as the
    hotline gets it."""

    said: str
    first: Hypothesis
    free: Hypothesis | None
    utterance: Utterance


def run(args: argparse.Namespace) -> int:
    if args.elsewhere and not args.domain:
        raise UsageError("--elsewhere needs --domain: without phrases nothing is bent into them.")
    phrases = _phrases(args)
    familiar = Familiar(() if args.digits else phrases)
    try:
        report, turns = asyncio.run(_measure(args, phrases, familiar))
    except (RecognitionError, SynthesisError) as fault:
        raise ModelError(str(fault)) from fault
    if args.pairs:
        lines = (f"{characters(turn.said)}\t{characters(believed_text(turn.utterance, familiar))}\n" for turn in turns)
        args.pairs.write_text("".join(lines), encoding="utf-8")
    _print(Console(stderr=args.json == "-"), report)
    if args.json:
        text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    return 0


def _phrases(args: argparse.Namespace) -> tuple[str, ...]:
    if args.digits:
        return grammar.phrases((), (), (), digits=True, language=LANGUAGE)
    if not args.domain:
        return ()
    try:
        lines = args.domain.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(
            f"--domain {args.domain} cannot be read ({fault}): give phrases in UTF-8, a line each."
        ) from fault
    return grammar.phrases((), [normalise(line) for line in lines], (), digits=False, language=LANGUAGE)


def _rows(path: Path, args: argparse.Namespace) -> list[Row]:
    rows = [row for row in read_rows(path) if not args.digits or is_number(row.text)]
    if not rows:
        raise UsageError(f"{path} has no numbers, spoken digit by digit: leave --digits out.")
    return _spread(rows, args.rows)


def _spread(rows: list[Row], most: int) -> list[Row]:
    """`most` of the rows at equal distances, all if there are fewer or `most` is 0."""
    if not most or len(rows) <= most:
        return rows
    return [rows[place * len(rows) // most] for place in range(most)]


def _counted(rows: Sequence[Row], what: str) -> Iterator[tuple[int, Row]]:
    """Each with its number, while a bar shows how far it is; where there is no terminal, a line each tenth."""
    console = Console(stderr=True)
    if console.is_terminal:
        yield from enumerate(track(rows, what, console=console, transient=True))
        return
    for number, row in enumerate(rows):
        if number * 10 // len(rows) > (number - 1) * 10 // len(rows):
            console.print(f"{what}: {number} of {len(rows)}")
        yield number, row


async def _measure(
    args: argparse.Namespace, phrases: tuple[str, ...], familiar: Familiar
) -> tuple[dict[str, Any], list[Turn]]:
    rows = _rows(args.transcripts, args)
    if args.speak:
        rows = await speak(rows, spoken=lambda text: Console(stderr=True).print("spoken:", text, markup=False))
    settings = load_settings()
    settings = replace(settings, recognition=replace(settings.recognition, workers=1))
    recognizer = recognizer_for(settings, LANGUAGE)
    decoder = Decoder(recognizer, {}, {})
    try:
        await recognizer.start()
        turns = await _decode(decoder, rows, phrases, args, free=not args.no_free)
        report = _figures(turns, decoder, phrases, None if args.digits else familiar)
        if args.elsewhere:
            others = _spread(read_rows(args.elsewhere), args.rows)
            report["elsewhere"] = _rejected(await _decode(decoder, others, phrases, args, free=False), familiar)
    finally:
        await recognizer.close()
    head = {"transcripts": args.transcripts.name, "phone": args.phone, "noise_db": args.noise, "load": load_average()}
    return {**head, **report}, turns


async def _decode(
    decoder: Decoder, rows: Sequence[Row], phrases: tuple[str, ...], args: argparse.Namespace, *, free: bool
) -> list[Turn]:
    turns = []
    for number, row in _counted(rows, "decoding"):
        pcm = sound(row, number, phone=args.phone, noise_db=args.noise)
        first = await decoder.decode(pcm, phrases, "phrases" if phrases else "free")
        looks_again = bool(phrases) and not args.digits and needs_second_look(first.confidence)
        second = await decoder.decode(pcm, (), "free") if phrases and (free or looks_again) else None
        text = second.text if second and looks_again else ""
        turns.append(Turn(row.text, first, second, Utterance(first.text, first.confidence, first.alternatives, text)))
    return turns


def _figures(
    turns: Sequence[Turn], decoder: Decoder, phrases: Sequence[str], familiar: Familiar | None
) -> dict[str, Any]:
    free = [(turn.said, (turn.free if phrases else turn.first) or Hypothesis("")) for turn in turns]
    ways: list[dict[str, Any]] = []
    if not phrases or all(turn.free for turn in turns):
        ways.append(_way("free", [(said, heard.text) for said, heard in free], decoder.rtf("free")))
    rtf = decoder.rtf("phrases")
    if phrases:
        ways.append(_way("phrases", [(turn.said, turn.first.text) for turn in turns], rtf))
    if familiar is None:
        ways.append(_way("phrases, the wanted length", [(turn.said, _number(turn)) for turn in turns], rtf))
    elif phrases:
        looks = sum(bool(turn.utterance.free_text) for turn in turns) / len(turns)
        both = [(turn.said, believed_text(turn.utterance, familiar)) for turn in turns]
        ways.append(_way("phrases and second look", both, rtf + looks * decoder.rtf("free")))
        return {"phrases": len(phrases), "ways": ways, "in_domain": _rejected(turns, familiar)}
    return {"phrases": len(phrases), "ways": ways}


def _way(name: str, pairs: Sequence[tuple[str, str]], rtf: float) -> dict[str, Any]:
    total = sum((errors(said, heard) for said, heard in pairs), Errors())
    return {"way": name, "error_percent": round(100 * total.rate, 2), **asdict(total), "rtf": round(rtf, 3)}


def _number(turn: Turn) -> str:
    """The number as a state that knows its length takes it."""
    length = len(characters(turn.said))
    result = Interpreter({}).understand(turn.utterance, State(digits=Digits(length, length)))
    return result.slots.get("digits", "").translate(str.maketrans("0123456789", "零一二三四五六七八九"))


def _rejected(turns: Sequence[Turn], familiar: Familiar) -> dict[str, Any]:
    """How many turns got a second look, and how many were taken for speech from elsewhere."""
    looks = sum(needs_second_look(turn.first.confidence) for turn in turns)
    gone = sum(from_elsewhere(turn.utterance, familiar) for turn in turns)
    count = len(turns)
    return {
        "turns": count,
        "second_looks": looks,
        "rejected": gone,
        "rejected_percent": round(100 * gone / count, 1),
    }


def _print(console: Console, report: dict[str, Any]) -> None:
    noise = f", white noise at {report['noise_db']:g} dB" if report["noise_db"] is not None else ""
    title = f"{report['transcripts']}{', telephone' if report['phone'] else ''}{noise}, {report['phrases']} phrases"
    table = Table("decoding", "error", "wrong", "lost", "added", "of", "wholly right", "RTF", title=title)
    for way in report["ways"]:
        edits = (str(way[kind]) for kind in ("substitutions", "deletions", "insertions", "said"))
        right = f"{way['right']}/{way['turns']}"
        table.add_row(way["way"], f"{way['error_percent']:.2f} %", *edits, right, f"{way['rtf']:.3f}")
    console.print(table)
    for name, what in (("in_domain", "in domain"), ("elsewhere", "from elsewhere")):
        if name in report:
            part = report[name]
            console.print(
                f"{what}: {part['rejected']} of {part['turns']} rejected ({part['rejected_percent']:.1f} %), "
                f"{part['second_looks']} looked at twice"
            )
