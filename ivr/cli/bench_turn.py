"""`ivr bench turn`: the reply gap of recorded callers, stage by stage, in real time, beside what the machine can do.

Recorded cases are played through the very pipeline that serves telephones: frames, voice activity, recogniser worker,
understanding, flow, voice, journal and recording. What the figures mean is in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from ivr.call.driver import Equipment
from ivr.call.journal import JournalFile
from ivr.cli.equipment import equipment_for
from ivr.cli.flows import case_folder, flow_folder
from ivr.cli.gap_report import Measured, MeasuredCall, picture, print_report, report
from ivr.cli.tapes import tapes_of
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.vocabulary import interpreter_for
from ivr.errors import UsageError
from ivr.flow.load import Flow, load
from ivr.qa.bench_cases import bench_cases
from ivr.qa.case import LoadedCase, load_case
from ivr.qa.hesitation import Hesitation, hesitations
from ivr.qa.machine_limit import BareDecoding, TickLateness, decode_bare, load_average
from ivr.qa.taped_call import Tape
from ivr.qa.turn_clock import (
    Decoded,
    TurnClock,
    WatchedInterpreter,
    WatchedRecognizer,
    WatchedRecorder,
    WatchedVoice,
)
from ivr.settings import load_settings
from ivr.simulate.caller import CallerTurn
from ivr.simulate.mock_actions import MockActions
from ivr.simulate.recorded_call import play
from ivr.simulate.virtual_loop import run as run_virtually
from ivr.understanding.interpreter import Interpreter
from ivr_asr.api import Recognizer
from ivr_tts.voices import Voices


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--case",
        type=case_folder,
        action="append",
        metavar="FOLDER",
        help="a folder with case.yaml; may be repeated (default: the benchmarks' three)",
    )
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="how often each case is played (default 1)")
    parser.add_argument(
        "--fresh-prompts",
        action="store_true",
        help="forget rendered prompts before each call: values are rendered anew",
    )
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE; - is standard output")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the reply gaps into FILE")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the calls' recordings and journals here")


def run(args: argparse.Namespace) -> int:
    if args.runs < 1:
        raise UsageError(f"--runs is {args.runs}: play each case at least once.")
    cases = _cases(args.case)
    if args.json not in (None, "-") and not Path(args.json).absolute().parent.is_dir():
        raise UsageError(f"--json {args.json} cannot be written: its folder does not exist, make it first.")
    # What a program reads from standard output must be JSON alone, so a person is told everything else beside it.
    out = Console(stderr=args.json == "-")
    with ExitStack() as stack:
        calls = args.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ivr-bench-")))
        fresh = stack.enter_context(tempfile.TemporaryDirectory(prefix="ivr-bench-")) if args.fresh_prompts else None
        progress = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
        measured = asyncio.run(_Bench(args.runs, calls, Path(fresh) if fresh else None, progress).measure(cases))
        measured.hesitations = _hesitations(args.case)
    print_report(out, measured)
    if args.json is not None:
        text = json.dumps(report(measured), ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    if args.svg is not None and measured.gaps:
        args.svg.write_text(picture(measured), encoding="utf-8")
    return 0 if any(call.gaps for call in measured.calls) else 1


def _cases(folders: list[Path] | None) -> list[LoadedCase]:
    """Those asked for, or the benchmarks' own, if somebody speaks in them. Raises UsageError, FlowError, AudioError."""
    cases = [load_case(folder) for folder in folders or bench_cases()]
    for case in cases:
        if not any(turn.pcm for turn in case.turns()):
            raise UsageError(f"nobody speaks in {case.folder}: give a case with `audio` turns.")
    return cases


def _hesitations(folders: list[Path] | None) -> list[Hesitation]:
    """The same callers, hesitating, on virtual time: one hotline after the other."""
    tapes: dict[str, list[Tape]] = {}
    for tape in tapes_of(folders):
        tapes.setdefault(tape.flow, []).append(tape)
    return [found for name in tapes for found in run_virtually(_hesitate(name, tapes[name]))]


async def _hesitate(name: str, tapes: list[Tape]) -> list[Hesitation]:
    async with equipment_for(load_settings(), load(flow_folder(name)), actions=MockActions()) as equipment:
        return await hesitations(tapes, equipment.recognizer) if equipment.recognizer is not None else []


@dataclass(frozen=True)
class _Hotline:
    flow: Flow
    interpreter: Interpreter
    equipment: Equipment


@dataclass
class _Bench:
    runs: int
    calls: Path
    fresh: Path | None
    progress: Progress

    async def measure(self, cases: list[LoadedCase]) -> Measured:
        """Play every case as often as asked, one call at a time, then decode what was said once more, alone."""
        measured = Measured(load_before=load_average(), fresh_prompts=self.fresh is not None)
        settings = load_settings()
        turns = self.runs * sum(len(case.case.turns) for case in cases)
        playing = self.progress.add_task("calls in real time", total=turns)
        for name in dict.fromkeys(case.case.flow for case in cases):
            flow = load(flow_folder(name))
            async with equipment_for(settings, flow, rendered=self.fresh, actions=MockActions()) as equipment:
                if isinstance(equipment.voice, Voices):
                    await equipment.voice.open()  # as `ivr serve` does: no caller waits for the model to load
                interpreter = interpreter_for(flow)
                await asyncio.to_thread(interpreter.prepare)  # as `ivr serve` does
                hotline = _Hotline(flow, interpreter, equipment)
                async with TickLateness() as ticks:
                    for number in range(1, self.runs + 1):
                        for case in (case for case in cases if case.case.flow == name):
                            measured.calls.append(await self._call(case, number, hotline, playing))
                measured.ticks[name] = ticks.as_json()
                if equipment.recognizer is not None:
                    decoded = [turn for call in measured.calls if call.flow == name for turn in call.decoded]
                    measured.bare += await self._alone(equipment.recognizer, decoded)
        measured.load_after = load_average()
        return measured

    async def _alone(self, recognizer: Recognizer, decoded: list[Decoded]) -> list[BareDecoding]:
        task = self.progress.add_task("the recogniser alone", total=len(decoded))

        def done() -> None:
            self.progress.advance(task)

        return await decode_bare(recognizer, decoded, done)

    async def _call(self, case: LoadedCase, number: int, hotline: _Hotline, playing: TaskID) -> MeasuredCall:
        for rendered in self.fresh.glob("*.flac") if self.fresh else ():
            rendered.unlink()
        clock = TurnClock()

        def spoken(at: float, turn: CallerTurn) -> None:
            self.progress.update(playing, advance=1, description=f"{case.folder.name}, run {number}: {turn.label}")
            clock.spoken(at, turn)

        voice, recognizer = hotline.equipment.voice, hotline.equipment.recognizer
        watched = Equipment(
            WatchedRecognizer(recognizer, clock) if recognizer is not None else None,
            WatchedVoice(voice, clock) if isinstance(voice, Voices) else voice,
            MockActions(case.case.mock),
            hotline.equipment.other_recognizers,
        )
        call_id = f"{case.folder.name}-{number}"
        for old in self.calls.glob(f"{call_id}.*"):
            old.unlink()  # a journal is appended to, and this is another call
        await play(
            hotline.flow,
            case.turns(),
            watched,
            journal=JournalFile(self.calls / f"{call_id}.jsonl"),
            observers=[clock.observe],
            dialogue=Dialogue(hotline.flow, WatchedInterpreter(hotline.interpreter, clock)),
            caller=case.case.caller,
            call_id=call_id,
            recorder=WatchedRecorder(self.calls / f"{call_id}.flac", clock),
            spoken=spoken,
        )
        gaps, unanswered = clock.gaps()
        return MeasuredCall(case.folder.name, case.case.flow, number, gaps, unanswered, clock.decoded)
