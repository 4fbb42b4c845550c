"""The server in a process of its own, for tests that kill it: `python -m tests.web.alone FOLDER` says its port."""

import socket
import sys
from pathlib import Path

import uvicorn

from euthymia.web import access
from euthymia.web.logs import set_up_logs
from tests.web.browser import Application


def main(folder: Path) -> None:
    set_up_logs()
    application = Application(folder)
    access.ACCESS["GET /health/broken/{word}"] = access.PUBLIC

    @application.app.get("/health/broken/{word}")
    def broken(word: str) -> None:
        raise ValueError(word)

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(application.app, log_config=None, access_log=False)).run(sockets=[listening])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
