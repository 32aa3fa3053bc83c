"""A small server of vosk-server's protocol for tests: `recogniser(config)` makes what answers one connection."""

import asyncio
import json
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web


class Said:
    """Answers what it was told to, one answer a message; an exception ends the connection."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.config = {}
        self.audio = bytearray()
        self.ended = False

    def __call__(self, config):
        self.config = config
        return self

    def accept(self, pcm):
        self.audio += pcm
        return self._next()

    def final(self):
        self.ended = True
        return self._next()

    def _next(self):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@asynccontextmanager
async def serve(recogniser):
    """Serves until the end of the block, and gives the address."""

    async def handle(request):
        socket = web.WebSocketResponse(max_msg_size=1 << 22)
        await socket.prepare(request)
        config, one = {}, None
        async for message in socket:
            if message.type is WSMsgType.TEXT and "config" in message.data:
                config = json.loads(message.data)["config"]
                continue
            one = one or recogniser(config)
            eof = message.type is WSMsgType.TEXT and message.data == '{"eof" : 1}'
            try:
                answer = one.final() if eof else one.accept(message.data)
            except ConnectionError:
                request.transport.abort()
                break
            if asyncio.iscoroutine(answer):
                answer = await answer
            await socket.send_str(answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False))
            if eof:
                break
        return socket

    app = web.Application()
    app.router.add_get("/", handle)
    runner = web.AppRunner(app, shutdown_timeout=1.0, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"ws://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/"
    finally:
        await runner.cleanup()
