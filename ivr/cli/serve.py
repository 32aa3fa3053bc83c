"""`ivr serve`: answer real calls behind Asterisk. `--check` is a doctor: it looks at everything and says what to do.

SIGTERM and Ctrl-C take no new calls (who calls gets the dialplan's busy treatment) and let the running ones end,
`[hotline] drain_s` seconds at most; a second one ends at once.
Callers whom we leave go to people: the dialplan holds them.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from ivr.asterisk.doctor import examine
from ivr.asterisk.line import AsteriskLine
from ivr.asterisk.media_needs import Finding
from ivr.asterisk.server import AsteriskServer
from ivr.asterisk.settings import MEDIA_NAMES
from ivr.call.driver import Equipment
from ivr.call.editions import Editions
from ivr.call.frame_clock import frame_clock
from ivr.call.garbage import keep_out_of_the_way
from ivr.call.hotline import Hotline
from ivr.cli import logs
from ivr.cli.equipment import equipment_for, for_language, recognizer_for, voice_for
from ivr.cli.published import editions_for, said
from ivr.dialogue.prompts import fixed_prompts
from ivr.errors import IvrError
from ivr.flow.load import Flow
from ivr.settings import Settings, load_settings
from ivr_asr.api import pressure_of
from ivr_tts.voices import Voices


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--flow", metavar="FLOW", help="a folder with a flow.yaml, or a shipped hotline's name")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the settings, instead of ./ivr.toml")
    parser.add_argument(
        "--check", action="store_true", help="look at everything, say what to do about each fault, and exit"
    )


def run(args: argparse.Namespace) -> int:
    settings = load_settings(args.config)
    name = args.flow or settings.hotline.flow
    if args.check:
        listener = logs.set_up("ERROR")
        work = _check(settings, name)
    else:
        listener = logs.set_up("INFO")
        work = _serve(settings, name)
    try:
        return asyncio.run(work)
    finally:
        listener.stop()


async def _serve(settings: Settings, name: str) -> int:
    editions = await asyncio.to_thread(editions_for, settings, name)
    flow = editions.lineup.current.flow
    async with equipment_for(settings, flow) as equipment:
        await _voice_ready(equipment)
        hotline = Hotline(editions, equipment, Path(settings.hotline.calls), record=settings.hotline.record)
        if why := hotline.writable():
            raise IvrError(f"{why}: give another folder as `calls` in [hotline] of ivr.toml.")

        async def on_call(line: AsteriskLine) -> None:
            await hotline.answer(line)

        def lag_ms() -> float:
            recognizers = (equipment.recognizer, *equipment.other_recognizers.values())
            return max((pressure_of(each).lag_ms for each in recognizers if each is not None), default=0)

        server = AsteriskServer(settings.asterisk, on_call, lag_ms)
        keep_out_of_the_way()
        await server.start()
        agi, audio = server.ports
        media = MEDIA_NAMES[settings.asterisk.media]
        _tell(f"{flow.hotline.hotline} answers: FastAGI on port {agi}, {media} on port {audio}")
        _tell(_what_answers(editions))
        async with editions.following():
            await _until_signalled(server, settings.hotline.drain_s)
        _tell(f"late frames while it answered: {frame_clock().lateness.as_json()}")
    return 0


def _tell(text: str) -> None:
    """A line for who watches. In one write, unlike print's two: the log's thread writes to the same place."""
    sys.stderr.write(f"{text}\n")


def _what_answers(editions: Editions) -> str:
    pointer = editions.lineup.pointer
    return f"new calls get {said(pointer)}" if pointer else "nothing is published: new calls get the folder"


async def _voice_ready(equipment: Equipment) -> None:
    """Load the voice now, for no caller shall wait two seconds for it."""
    if isinstance(equipment.voice, Voices):
        await equipment.voice.open()


async def _until_signalled(server: AsteriskServer, drain_s: float) -> None:
    asked, at_once = asyncio.Event(), asyncio.Event()

    def signalled() -> None:
        (at_once if asked.is_set() else asked).set()

    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, signalled)
    await asked.wait()
    _tell(f"no new calls; {len(server.calls)} running")
    draining = asyncio.create_task(server.drain(drain_s), name="drain")
    hurry = asyncio.create_task(at_once.wait(), name="hurry")
    await asyncio.wait({draining, hurry}, return_when=asyncio.FIRST_COMPLETED)
    if not draining.done():
        draining.cancel()
        await server.close()
    hurry.cancel()
    await asyncio.gather(draining, hurry, return_exceptions=True)


async def _check(settings: Settings, name: str) -> int:
    findings = [*await _own_findings(settings, name), *await examine(settings.asterisk)]
    out = Console()
    for finding in findings:
        mark = {True: "[green]ok[/green]  ", False: "[red]FAULT[/red]", None: "[yellow]?[/yellow]    "}[finding.ok]
        out.print(f"{mark}  {escape(f'{finding.name}: {finding.what}')}", soft_wrap=True)
        if finding.remedy:
            out.print(f"       → {escape(finding.remedy)}", soft_wrap=True)
    faults = sum(finding.ok is False for finding in findings)
    out.print(f"{faults} {'fault' if faults == 1 else 'faults'}" if faults else "ready to serve")
    return 1 if faults else 0


async def _own_findings(settings: Settings, name: str) -> list[Finding]:
    """The flow, the models, the prompts, the folder for calls."""
    found: list[Finding] = []
    try:
        editions = await asyncio.to_thread(editions_for, settings, name)
    except IvrError as fault:
        return [Finding("flow", False, str(fault), f"mend it, then run `ivr check {name}`")]
    flow = editions.lineup.current.flow
    what = f"{flow.hotline.hotline}, {len(flow.hotline.steps)} steps; {_what_answers(editions)}"
    found.append(Finding("flow", True, what))
    for language in flow.words:
        found += await _engine_findings(for_language(settings, flow, language), flow, name, language)
    hotline_calls = Path(settings.hotline.calls)
    why = Hotline(flow, Equipment(), hotline_calls).writable()
    found.append(
        Finding("calls", not why, why or f"kept in {hotline_calls}", "give another folder in [hotline]" if why else "")
    )
    return found


async def _engine_findings(settings: Settings, flow: Flow, name: str, language: str) -> list[Finding]:
    """Ears and voice for `language`; a second language's ears may be missing, the main one's not."""
    found: list[Finding] = []
    main = language == flow.hotline.language
    of = "" if main else f", {language}"
    try:
        recognizer = recognizer_for(settings, language)
        await recognizer.start()
        await recognizer.close()
        found.append(Finding(f"recognition{of}", True, settings.recognition.engine))
    except Exception as fault:  # noqa: BLE001  a doctor reports whatever an engine raises, and goes on
        found.append(Finding(f"recognition{of}", False if main else None, str(fault), "do what the message says"))
    try:
        voice = voice_for(settings, flow, language)
        texts = fixed_prompts(flow, language)
        missing = [text for text in texts if not voice.ready(text, language)]
        await voice.close()
        remedy = f"run `ivr prompts {name}`, so that no caller waits for them" if missing else ""
        what = f"{len(texts) - len(missing)} of {len(texts)} prompts rendered"
        found.append(Finding(f"voice{of}", True, what, remedy))
    except Exception as fault:  # noqa: BLE001  the same
        found.append(Finding(f"voice{of}", False, str(fault), "do what the message says"))
    return found
