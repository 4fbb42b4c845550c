"""Has an answer begun? Once it has, no other can be given in its place."""

from starlette.types import Message, Send


class Sending:
    """Sends on, and remembers that something was sent."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        await self._send(message)
