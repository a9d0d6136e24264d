"""A WebSocket server that others wrote: `ws_server.py websockets|aiohttp [certificate key]`.

Prints its port, then what it sees of closes. The path of a connection says what it does.
"""

import asyncio
import ssl
import sys
import zlib

import zstandard


def say(*words):
    print(*words, flush=True)


def messages():
    return [('{"op":0,"s":%d,"d":"%s"}' % (i, "guild" * i * 20)).encode() for i in range(50)]


def compressed(kind):
    engine = zlib.compressobj() if kind == "zlib" else zstandard.ZstdCompressor().compressobj()
    flush = zlib.Z_SYNC_FLUSH if kind == "zlib" else zstandard.COMPRESSOBJ_FLUSH_BLOCK
    for message in messages():
        yield engine.compress(message) + engine.flush(flush)


async def websockets_server(context):
    from websockets.asyncio.server import serve
    from websockets.exceptions import ConnectionClosed

    async def handle(ws):
        words = ws.request.path.split("/")[1:]
        try:
            match words[0]:
                case "echo":
                    async for message in ws:
                        await ws.send(message)
                case "fragments":
                    await ws.send(["frag", "ment", "ed"])
                    say("got", await ws.recv())
                case "ping":
                    await (await ws.ping(b"payload"))
                    await ws.send("ponged")
                    await ws.wait_closed()
                case "close":
                    await ws.close(int(words[1]), "bye")
                case "watch":
                    await ws.wait_closed()
                case "invalid":
                    await ws.send(b"a\xffb", text=True)
                    await ws.wait_closed()
                case "big":
                    await ws.send(bytes(int(words[1])))
                    await ws.wait_closed()
                case "drop":
                    ws.transport.abort()
                case "zlib" | "zstd":
                    for piece in compressed(words[0]):
                        await ws.send(piece)
                case "deaf":
                    ws.transport.pause_reading()
                    await asyncio.sleep(60)
        except ConnectionClosed:
            pass
        await ws.close()
        say("closed", ws.close_code)

    def process(connection, request):
        if request.path.startswith("/reject/"):
            return connection.respond(int(request.path.split("/")[2]), "no\n")
        if request.path == "/slow":
            return asyncio.sleep(60)

    server = await serve(
        handle, "127.0.0.1", 0, ssl=context, max_size=1 << 22, ping_interval=None, process_request=process,
        subprotocols=["chat"], select_subprotocol=lambda ws, offered: "chat" if "chat" in offered else None)
    say(server.sockets[0].getsockname()[1])
    await server.wait_closed()


async def aiohttp_server(context):
    from aiohttp import WSMsgType, web

    async def handle(request):
        words = request.path.split("/")[1:]
        if words[0] == "reject":
            return web.Response(status=int(words[1]))
        ws = web.WebSocketResponse(max_msg_size=1 << 22)
        await ws.prepare(request)
        match words[0]:
            case "echo":
                async for message in ws:
                    if message.type == WSMsgType.TEXT:
                        await ws.send_str(message.data)
                    elif message.type == WSMsgType.BINARY:
                        await ws.send_bytes(message.data)
            case "close":
                await ws.close(code=int(words[1]), message=b"bye")
            case "watch":
                await ws.receive()
        say("closed", ws.close_code)
        return ws

    app = web.Application()
    app.router.add_get("/{tail:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    say(site._server.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


context = None
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
asyncio.run({"websockets": websockets_server, "aiohttp": aiohttp_server}[sys.argv[1]](context))
