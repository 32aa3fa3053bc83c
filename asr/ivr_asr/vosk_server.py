"""Recognition on other machines, over the WebSocket protocol of vosk-server.

One connection is one hearing: `{"config": …}`, then binary PCM, each answered by a text frame (`{"partial": …}`, or a
result where the server's own end-pointer thinks a sentence over), then `{"eof": 1}`, answered by the last result.

Decided: addresses are tried in turn, so that callers spread over the servers; one that failed is passed over for ten
seconds, unless none is left. A connection that breaks in a turn raises RecognizerLost, and the ears, who keep the
audio, decode the turn again, which is on another server then. Results in mid-turn are joined: when a turn is over is
for the hotline to say. The server splits no phrases and its words carry no spaces that mean anything: phrases go as
they are written, so a Mandarin server needs a list cut into its model's words, `segmented` (jieba's cut, on) or not.

Options: `addresses` (`ws://one:2700, ws://two:2700`), `rate` (Hz, default 8000), `segmented` (`true`, the default).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import aiohttp

from ivr_asr.api import Hypothesis, ModelUnusable, RecognizerLost, Word
from ivr_asr.nbest import ALTERNATIVES, N_BEST, final_hypothesis
from ivr_asr.phrases import UNKNOWN, join_words

if TYPE_CHECKING:
    from ivr_asr.api import Recognizer

_CONNECT_S = 2.0
_ANSWER_S = 5.0
_ANSWER_S_PER_S = 2.0
_AVOID_S = 10.0
_END_S = 1.0
_EOF = '{"eof" : 1}'
"""vosk-server compares the text, spaces and all."""
_ADDRESS = re.compile(r"wss?://\S+")


class VoskServer:
    """A Recognizer; `addresses` are ws:// or wss:// URLs, all of the same model."""

    def __init__(
        self, addresses: Sequence[str], *, rate: int = 8000, segmented: bool = True, patience_s: float = _ANSWER_S
    ) -> None:
        self.rate = rate
        self._addresses = list(addresses)
        self._segmented = segmented
        self._patience_s = patience_s
        self._next = 0
        self._avoid_until: dict[str, float] = {}
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def start(self) -> None:
        """See that a server answers. Raises ModelUnusable when none does. May be repeated."""
        if self._session is not None:
            return
        try:
            hearing = await self.open()
        except RecognizerLost as fault:
            await self._end_session()
            raise ModelUnusable(f"no recognition server answers ({fault}): start one, or mend `addresses`.") from fault
        await hearing.close()

    async def open(self, *, phrases: Sequence[str] = ()) -> ServerHearing:
        """Begin a hearing on the next server that answers. Raises RecognizerLost when none does."""
        if self._closed:
            raise RecognizerLost("the recogniser is closed.")
        if self._session is None:
            self._session = aiohttp.ClientSession()
        fault = "there is no address"
        for address in self._in_turn():
            try:
                return await self._open_at(address, phrases, self._session)
            except (aiohttp.ClientError, OSError, TimeoutError, ConnectionError) as failed:
                self._avoid_until[address] = _now() + _AVOID_S
                fault = f"{address}: {failed or type(failed).__name__}"
        raise RecognizerLost(f"no recognition server can be reached; the last was {fault}")

    async def close(self) -> None:
        """End all connections; open hearings raise RecognizerLost. May be repeated."""
        self._closed = True
        await self._end_session()

    async def _end_session(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _in_turn(self) -> list[str]:
        """All addresses, beginning with the next; those that failed of late come last."""
        place = self._next % max(1, len(self._addresses))
        self._next += 1
        turned = self._addresses[place:] + self._addresses[:place]
        return sorted(turned, key=lambda address: self._avoid_until.get(address, 0.0) > _now())

    async def _open_at(self, address: str, phrases: Sequence[str], session: aiohttp.ClientSession) -> ServerHearing:
        config: dict[str, Any] = {"sample_rate": self.rate, "words": True, "max_alternatives": N_BEST}
        if phrases:
            words = await asyncio.to_thread(_split, tuple(phrases)) if self._segmented else phrases
            config["phrase_list"] = [*words, UNKNOWN]
        async with asyncio.timeout(_CONNECT_S):
            socket = await session.ws_connect(address, max_msg_size=1 << 22, autoping=True)
            try:
                await socket.send_json({"config": config})
            except BaseException:  # cancelled or too late: no socket may be left behind
                await socket.close()
                raise

        def failed() -> None:
            self._avoid_until[address] = _now() + _AVOID_S

        return ServerHearing(socket, address, self.rate, self._patience_s, failed)


class ServerHearing:
    """One connection. `failed()` is called when the server is at fault, so that it is passed over for a while."""

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        address: str,
        rate: int,
        patience_s: float,
        failed: Callable[[], None],
    ) -> None:
        self._socket = socket
        self._address = address
        self._rate = rate
        self._patience_s = patience_s
        self._failed = failed
        self._parts: list[Hypothesis] = []
        self._partial = ""
        self._open = True

    async def feed(self, pcm: bytes, /) -> Hypothesis | None:
        """Add audio of any length, the longer the more time the server gets to answer. Raises RecognizerLost."""
        patience = self._patience_s + _ANSWER_S_PER_S * len(pcm) / 2 / self._rate
        reply = await self._ask(self._socket.send_bytes(pcm), patience)
        partial = ""
        if "partial" in reply:
            partial = join_words([word for word in str(reply["partial"]).split() if word != UNKNOWN])
        else:
            self._keep(reply)
        text = join_words([part.text for part in self._parts] + [partial] * bool(partial))
        if text == self._partial:
            return None
        self._partial = text
        return Hypothesis(text)

    async def finish(self) -> Hypothesis:
        """The final hypothesis with up to ten alternatives. Raises RecognizerLost."""
        try:
            self._keep(await self._ask(self._socket.send_str(_EOF), self._patience_s))
        finally:
            await self.close()
        return joined(self._parts)

    async def close(self) -> None:
        """End the connection: the server forgets the hearing with it."""
        if self._open:
            self._open = False
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):  # it is over either way
                async with asyncio.timeout(_END_S):
                    await self._socket.close()

    def _keep(self, reply: Mapping[str, Any]) -> None:
        try:
            with_words = any("result" in each for each in reply.get("alternatives", ()))
            part = final_hypothesis(reply) if with_words else plain_hypothesis(reply)
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise self._lost(f"it sent a result that is none ({type(fault).__name__}: {fault})") from fault
        if part.text:
            self._parts.append(part)

    async def _ask(self, sending: Coroutine[Any, Any, None], patience_s: float) -> dict[str, Any]:
        """Send, and wait for the one answer."""
        if not self._open:
            sending.close()
            raise RecognizerLost("this hearing was finished or closed before: open another.")
        try:
            async with asyncio.timeout(patience_s):
                await sending
                message = await self._socket.receive()
        except TimeoutError:
            raise self._lost(f"it did not answer within {patience_s:.1f} s") from None
        except (aiohttp.ClientError, OSError) as fault:
            raise self._lost(f"the connection broke ({fault or type(fault).__name__})") from fault
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise self._lost(f"the connection ended ({message.type.name})")
        try:
            reply = json.loads(message.data)
        except ValueError as fault:
            raise self._lost("it answered with something that is no JSON") from fault
        if not isinstance(reply, dict):
            raise self._lost("it answered with JSON that is no object")
        return reply

    def _lost(self, why: str) -> RecognizerLost:
        self._failed()
        return RecognizerLost(f"the recognition server {self._address} is lost: {why}")


def plain_hypothesis(reply: Mapping[str, Any]) -> Hypothesis:
    """The result of a server that gives no alternatives, `{"text", "result": [{"word", "start", "end", "conf"}]}`, or
    gives them without their words."""
    if ranked := reply.get("alternatives", ()):
        texts = [join_words([word for word in each["text"].split() if word != UNKNOWN]) for each in ranked]
        others = tuple(dict.fromkeys(text for text in texts if text and text != texts[0]))
        return Hypothesis(texts[0], float(bool(texts[0])), True, alternatives=others[:ALTERNATIVES])
    words = tuple(
        Word(each["word"], round(each["start"] * 1000), round(each["end"] * 1000), float(each.get("conf", 1.0)))
        for each in reply.get("result", ())
        if each["word"] != UNKNOWN
    )
    text = join_words([word for word in str(reply.get("text", "")).split() if word != UNKNOWN])
    heard = max(1, len(reply.get("result", ())))
    sure = sum(word.confidence for word in words) / heard if words else float(bool(text))
    return Hypothesis(text, sure, True, words)


def joined(parts: Sequence[Hypothesis]) -> Hypothesis:
    """Results one after another as one: the alternatives differ from it in one part each, the last part's first."""
    if len(parts) < 2:
        return parts[0] if parts else Hypothesis("", final=True)
    texts = [part.text for part in parts]
    others = [
        join_words([*texts[:place], other, *texts[place + 1 :]])
        for place in reversed(range(len(parts)))
        for other in parts[place].alternatives
    ]
    words = tuple(word for part in parts for word in part.words)
    sure = sum(part.confidence * len(part.text) for part in parts) / sum(len(text) for text in texts)
    return Hypothesis(join_words(texts), sure, True, words, tuple(dict.fromkeys(others))[:ALTERNATIVES])


@lru_cache(maxsize=16)
def _split(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Mandarin phrases with spaces between their words; takes long the first time, so never on the loop."""
    import jieba  # noqa: PLC0415  a second of dictionary, for those only who have such a server

    def words(phrase: str) -> str:
        return phrase if phrase.isascii() else " ".join(word for word in jieba.cut(phrase) if word.strip())

    return tuple(map(words, phrases))


def _now() -> float:
    return asyncio.get_running_loop().time()


def engine(options: Mapping[str, str]) -> Recognizer:
    """The engine of the entry point `vosk_server`; see the module's head for `options`. Raises ModelUnusable."""
    addresses = [address.strip() for address in options.get("addresses", "").split(",") if address.strip()]
    wrong = [address for address in addresses if not _ADDRESS.fullmatch(address)]
    if wrong or not addresses:
        raise ModelUnusable(
            f"the recogniser's `addresses` are {', '.join(wrong) or 'missing'}: give ws:// or wss:// URLs with commas."
        )
    segmented = options.get("segmented", "true").lower()
    if segmented not in {"true", "false"}:
        raise ModelUnusable(f"`segmented` of the recogniser is true or false, not {segmented}.")
    try:
        rate = int(options.get("rate", 8000))
    except ValueError:
        raise ModelUnusable(f"the recogniser's `rate` is {options['rate']}: give 8000.") from None
    return VoskServer(addresses, rate=rate, segmented=segmented == "true")
