# Opens many event streams, says "reading" when all have begun, and keeps them open until it is killed.
# Usage: readers.py ORIGIN COOKIE PATH COUNT

import asyncio
import resource
import sys
import urllib.parse

origin, cookie, path, count = sys.argv[1:]
place = urllib.parse.urlsplit(origin)
request = (
    f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookie}\r\nAccept: text/event-stream\r\n\r\n"
).encode()


async def read(begun):
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(request)
    await writer.drain()
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"the stream answers {status!r}")
    begun.release()
    while await reader.read(4096):
        pass
    raise RuntimeError("the stream ended")


async def main():
    begun = asyncio.Semaphore(0)
    async with asyncio.TaskGroup() as group:
        for _ in range(int(count)):
            group.create_task(read(begun))
            await begun.acquire()
        print("reading", flush=True)


resource.setrlimit(resource.RLIMIT_NOFILE, (8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
asyncio.run(main())
