"""WebSocket clients that others wrote: `ws_client.py websockets|aiohttp|raw URL SCENARIO`. Prints what it found."""

import asyncio
import base64
import os
import sys
import zlib
from urllib.parse import urlsplit

import zstandard


def say(*words):
    print(*words, flush=True)


async def websockets_client(url, scenario):
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed, InvalidStatus

    try:
        async with connect(url, max_size=1 << 22, ping_interval=None, subprotocols=["chat"]) as ws:
            match scenario:
                case "echo":
                    await ws.send("κόσμε")
                    text = await ws.recv()
                    big = os.urandom(1 << 20)
                    await ws.send(big)
                    same = await ws.recv() == big
                    await ws.send(["frag", "ment", "ed"])
                    whole = await ws.recv()
                    await (await ws.ping(b"now"))
                    say(text, same, whole, ws.protocol.extensions, ws.subprotocol)
                case "close":
                    await ws.close(4001, "mine")
                    say("closed", ws.close_code)
                case "wait":
                    try:
                        await ws.recv()
                    except ConnectionClosed as closed:
                        say("closed", closed.rcvd.code if closed.rcvd else 1006, closed.rcvd.reason if closed.rcvd else "")
                case "invalid":
                    await ws.send(b"a\xffb", text=True)
                    await ws.wait_closed()
                    say("closed", ws.close_code)
                case "big":
                    await ws.send(bytes(2 << 20))
                    await ws.wait_closed()
                    say("closed", ws.close_code)
                case "drop":
                    await ws.send("going")
                    ws.transport.abort()
                    say("dropped")
                case "zlib" | "zstd":
                    engine = (zlib.decompressobj() if scenario == "zlib" else zstandard.ZstdDecompressor().decompressobj())
                    texts = [engine.decompress(await ws.recv()).decode() for _ in range(50)]
                    say(texts == ['{"s":%d,"d":"%s"}' % (i, "guild" * i) for i in range(50)])
                case "trips":
                    start = asyncio.get_running_loop().time()
                    for _ in range(2000):
                        await ws.send("x")
                        await ws.recv()
                    say(round(2000 / (asyncio.get_running_loop().time() - start)))
    except InvalidStatus as refusal:
        say("status", refusal.response.status_code)


async def aiohttp_client(url, scenario):
    import aiohttp

    async with aiohttp.ClientSession() as session:
        try:
            async with session.ws_connect(url, compress=15, max_msg_size=1 << 22) as ws:
                match scenario:
                    case "echo":
                        await ws.send_str("κόσμε")
                        text = await ws.receive_str()
                        big = os.urandom(1 << 20)
                        await ws.send_bytes(big)
                        same = await ws.receive_bytes() == big
                        await ws.ping(b"now")
                        say(text, same, ws.compress)
                    case "close":
                        await ws.close(code=4001, message=b"mine")
                        say("closed", ws.close_code)
                    case "wait":
                        message = await ws.receive()
                        say("closed", message.data, message.extra)
        except aiohttp.WSServerHandshakeError as refusal:
            say("status", refusal.status)


async def raw_client(url, scenario):
    """Sends an unmasked frame, which no library would."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: {'8' if scenario == 'version' else '13'}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if scenario == "version":
        say(head.split()[1].decode(), b"sec-websocket-version: 13" in head.lower())
        return
    writer.write(b"\x81\x01a")
    frame = await reader.readexactly(4)
    say("closed", int.from_bytes(frame[2:], "big"))


clients = {"websockets": websockets_client, "aiohttp": aiohttp_client, "raw": raw_client}
asyncio.run(clients[sys.argv[1]](sys.argv[2], sys.argv[3]))
