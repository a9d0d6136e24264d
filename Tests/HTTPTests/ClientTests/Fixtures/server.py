# A server for the client's tests: well-behaved parts on aiohttp, misbehaving ones on bare asyncio streams.
# Prints its ports, one per line, then "ready". Everything listens on loopback only.
import asyncio
import gzip
import hashlib
import socket
import ssl
import struct
import sys
import zlib

from aiohttp import web

events = []
counters = {}
peers = set()


def count(name):
    counters[name] = counters.get(name, 0) + 1
    return counters[name]


def note(event):
    events.append(event)


routes = web.RouteTableDef()


@routes.get("/hello")
async def hello(request):
    return web.Response(text="hello")


@routes.get("/events")
async def all_events(request):
    return web.Response(text="\n".join(events))


@routes.get("/count")
async def counted(request):
    return web.Response(text=str(counters.get(request.query["name"], 0)))


@routes.route("*", "/echo")
async def echo(request):
    body = await request.read()
    lines = [f"{request.method} {request.raw_path}"]
    lines += [f"{name.decode().lower()}: {value.decode()}" for name, value in request.raw_headers]
    return web.Response(body="\n".join(lines).encode() + b"\n\n" + body)


@routes.get("/status/{code}")
async def status(request):
    return web.Response(status=int(request.match_info["code"]), text="status")


@routes.route("*", "/redirect/{left}")
async def redirect(request):
    left = int(request.match_info["left"])
    location = "../echo?arrived" if left == 0 else f"{left - 1}"
    return web.Response(status=int(request.query.get("code", "302")), headers={"Location": location})


@routes.route("*", "/redirect-to")
async def redirect_to(request):
    await request.read()
    code = int(request.query.get("code", "302"))
    return web.Response(status=code, headers={"Location": request.query["url"]})


@routes.post("/multipart")
async def multipart(request):
    lines = []
    reader = await request.multipart()
    async for part in reader:
        data = await part.read()
        kind = part.headers.get("Content-Type", "-")
        lines.append(f"{part.name}|{part.filename}|{kind}|{len(data)}|{hashlib.sha256(data).hexdigest()}")
    return web.Response(text="\n".join(lines))


@routes.post("/upload")
async def upload(request):
    pause = float(request.query.get("pause", "0"))
    wait = float(request.query.get("wait", "0"))
    await asyncio.sleep(wait)
    digest, total = hashlib.sha256(), 0
    async for chunk in request.content.iter_chunked(65536):
        digest.update(chunk)
        total += len(chunk)
        if pause:
            await asyncio.sleep(pause)
    framing = request.headers.get("Transfer-Encoding", request.headers.get("Content-Length", "-"))
    return web.Response(text=f"{total} {digest.hexdigest()} {framing}")


@routes.get("/download")
async def download(request):
    left = int(request.query["bytes"])
    response = web.StreamResponse()
    if "length" in request.query:
        response.content_length = left
    await response.prepare(request)
    block = bytes(range(256)) * 256
    while left > 0:
        await response.write(block[:left])
        left -= min(left, len(block))
        counters["downloaded"] = counters.get("downloaded", 0) + len(block)
    await response.write_eof()
    return response


@routes.get("/compressed/{kind}")
async def compressed(request):
    size = int(request.query.get("mib", "1")) << 20
    kind = request.match_info["kind"]
    if kind == "gzip":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    else:
        packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()
    return web.Response(body=packed, headers={"Content-Encoding": kind})


@routes.get("/damaged")
async def damaged(request):
    packed = bytearray(gzip.compress(bytes(range(256)) * 64))
    packed[20:40] = bytes(20)
    return web.Response(body=bytes(packed), headers={"Content-Encoding": "gzip"})


@routes.get("/silent/{name}")
async def silent(request):
    note(f"started {request.match_info['name']}")
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        note(f"left {request.match_info['name']}")
        raise


@routes.get("/stall/{name}")
async def stall(request):
    response = web.StreamResponse()
    response.content_length = 1_000_000
    await response.prepare(request)
    await response.write(b"x" * 1000)
    note(f"started {request.match_info['name']}")
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        note(f"left {request.match_info['name']}")
        raise
    return response


@routes.get("/fields")
async def fields(request):
    size = int(request.query["size"])
    amount = int(request.query["count"])
    return web.Response(text="ok", headers={f"X-Field-{index}": "v" * size for index in range(amount)})


@routes.route("*", "/flaky/{name}")
async def flaky(request):
    body = await request.read()
    number = count(request.match_info["name"])
    if number <= int(request.query.get("times", "1")):
        headers = {"Retry-After": request.query["after"]} if "after" in request.query else {}
        return web.Response(status=int(request.query.get("code", "503")), headers=headers, text="later")
    return web.Response(text=f"attempt {number} with {len(body)} bytes")


# What no decent server does.

def abort(writer):
    # A linger time of zero turns the close into a reset.
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def answer(body, extra=b""):
    return b"HTTP/1.1 200 OK\r\n" + extra + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


async def misbehave(reader, writer):
    served, path = 0, ""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            words = head.split(b" ", 2)
            path = words[1].decode()
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line[15:])
            if length:
                await reader.readexactly(length)
            served += 1
            count("raw" + path)
            if path.startswith("/reset"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789")
                await writer.drain()
                # The peer shall see the bytes before the reset.
                await asyncio.sleep(0.05)
                return abort(writer)
            if path.startswith("/short"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789")
                return
            if path.startswith("/empty"):
                return
            if path.startswith("/once"):
                writer.write(answer(b"once"))
                return
            if path.startswith("/dies-on-second"):
                if served == 1:
                    writer.write(answer(b"first"))
                    continue
                return
            if path.startswith("/dies-once"):
                if counters["raw" + path] == 1:
                    return abort(writer)
                writer.write(answer(b"second"))
                continue
            if path.startswith("/garbage"):
                writer.write(b"this is no HTTP at all\r\n\r\n")
                return
            if path.startswith("/odd-header"):
                writer.write(b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n")
                return
            if path.startswith("/folded"):
                writer.write(answer(b"ok", b"X-Folded: one\r\n  two\r\nX-Empty:\r\n"))
                continue
            if path.startswith("/early"):
                writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-Early: 1\r\n\r\n" + answer(b"late", b"X-Late: 1\r\n"))
                continue
            if path.startswith("/trailers"):
                writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Trailer: 1\r\n\r\n")
                continue
            if path.startswith("/slow-loris"):
                for byte in b"HTTP/1.1 200 OK\r\nX-Endless: " + b"x" * 100_000:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(0.01)
                return
            if path.startswith("/endless-header"):
                while True:
                    writer.write(b"HTTP/1.1 103 Early Hints\r\nX-More: " + b"x" * 1000 + b"\r\n\r\n")
                    await writer.drain()
            if path.startswith("/trickle"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while True:
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.2)
            writer.write(answer(b"ok"))
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()
        count("closed" + path)


async def mute(reader, writer):
    count("mute")
    try:
        await reader.read()
        writer.close()
    except ConnectionError:
        pass


async def upgrade(reader, writer):
    # Says what it got, line by line, in capitals; "flood N" sends N bytes, "ignore" stops reading for a while.
    try:
        while line := await reader.readline():
            text = line.decode().strip()
            if text.startswith("flood"):
                writer.write(b"f" * int(text.split()[1]))
                await writer.drain()
            elif text.startswith("ignore"):
                # Some kernels let a receive buffer grow beyond all that is sent: then nothing would ever block.
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
                await asyncio.sleep(0.5)
                data = await reader.readexactly(int(text.split()[1]))
                writer.write(hashlib.sha256(data).hexdigest().encode() + b"\n")
            elif text == "close":
                return
            else:
                writer.write(text.upper().encode() + b"\n")
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main():
    folder = sys.argv[1]
    app = web.Application(client_max_size=1 << 30)
    app.add_routes(routes)
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, max_field_size=65536, shutdown_timeout=0.1)
    await runner.setup()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
    plain = web.TCPSite(runner, "127.0.0.1", 0)
    await plain.start()
    print("http", plain._server.sockets[0].getsockname()[1])
    secure = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await secure.start()
    print("https", secure._server.sockets[0].getsockname()[1])
    await web.UnixSite(runner, f"{folder}/http.socket").start()
    for name, handler, tls in [
        ("raw", misbehave, None), ("mute", mute, None), ("upgrade", upgrade, None), ("upgrades", upgrade, context),
    ]:
        server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=tls, limit=1 << 20)
        print(name, server.sockets[0].getsockname()[1])
        app["server-" + name] = server
    print("ready", flush=True)
    await asyncio.Event().wait()


import warnings

warnings.simplefilter("ignore")
asyncio.run(main())
