"""Work for processes that die, fail or hang when they are told to. Imports next to nothing."""

from __future__ import annotations

import os
import signal
import time


def ready() -> None:
    """Nothing to make ready."""


def not_ready() -> None:
    os._exit(3)


def obey(word: str) -> str:
    match word:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "fail":
            raise ValueError(word)
        case "hang":
            time.sleep(60)
        case _:
            pass
    return f"{word} in {os.getpid()}"
