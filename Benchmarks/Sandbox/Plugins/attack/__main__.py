"""Does what it can to be in the way, for as long as it is told to."""

import os
import sys
import threading
import time

from yourbot_sdk import Context, Plugin

plugin = Plugin()


def until(end: float, body):
    while time.monotonic() < end:
        try:
            body()
        except Exception:
            pass


def burn():
    sum(range(100_000))


def print_lines():
    sys.stdout.write("nonsense " * 200 + "\n")


def print_long_line():
    sys.stdout.write("x" * (15 << 20) + "\n")
    sys.stdout.flush()


def fork():
    if os.fork() == 0:
        time.sleep(1)
        os._exit(0)


hoard = []


def hoard_memory():
    hoard.append(bytearray(8 << 20))


@plugin.on_event("message_create")
def message(ctx: Context, event: dict):
    words = event.get("content", "").split()
    if len(words) != 3 or words[0] != "!attack":
        return
    kinds = {
        "processor": burn,
        "calls": lambda: ctx.ephemeral.flag_check("attack"),
        "output": print_lines,
        "lines": print_long_line,
        "forks": fork,
        "memory": hoard_memory,
    }
    end = time.monotonic() + float(words[2])
    threads = [threading.Thread(target=until, args=(end, kinds[words[1]])) for _ in range(3)]
    for thread in threads:
        thread.start()
    until(end, kinds[words[1]])
    for thread in threads:
        thread.join()


plugin.run()
