// The HTTP server against nginx and against Starlette on uvicorn, all driven by wrk.

import BenchmarkHarness
import CSystem
import EventLoop
import Glibc
import HTTPServer
import HTTPTypes
import TestKit

/// One library thread of ours, one worker of theirs; 64 connections, one wrk thread, 1 KiB of plain text.
let httpServerBenchmarks: [Benchmark] = [
  Benchmark("http-server") {
    let loop = try EventLoop(name: "bench-http")
    defer { loop.shutdown() }
    let page = [UInt8](repeating: UInt8(ascii: "x"), count: 1_024)
    var router = Router()
    router.get("/", name: "page") { _ in HTTPResponse(contentType: "text/plain", bytes: page) }
    let server = try HTTPServer(
      .tcp(host: "127.0.0.1", port: 0), router: router, loop: loop, writesAccessLog: false)
    guard case .tcp(_, let port) = try server.start() else { throw TestKitError("no TCP address") }
    do {
      // As `pip install uvicorn` leaves it, and with the parser and loop in C that can be added: there wrk, which
      // needs a core itself, is what both sides meet first; nginx reaches about 3.5 times that peer here.
      let rows = try await [
        nginxRow(ours: port, page),
        uvicornRow(
          ours: port, name: "Starlette on uvicorn", loop: "asyncio", parser: "h11", goal: .atLeast(8)),
        uvicornRow(
          ours: port, name: "Starlette on uvicorn with uvloop and httptools", loop: "uvloop",
          parser: "httptools",
          goal: .atLeast(2)),
      ]
      await server.shutdown(grace: .zero)
      return rows
    } catch {
      await server.shutdown(grace: .zero)
      throw error
    }
  }
]

private func nginxRow(ours: UInt16, _ page: [UInt8]) async throws -> BenchmarkRow {
  let folder = try TemporaryDirectory()
  chmod(folder.path, 0o755)
  try write(page, to: folder.file("index.txt"))
  let port = try freePort()
  let configuration = """
    worker_processes 1; daemon off; master_process off; pid \(folder.path)/pid; error_log \(folder.path)/error;
    events { worker_connections 1024; }
    http {
      access_log off; sendfile on; tcp_nopush on; open_file_cache max=10; keepalive_requests 100000000;
      default_type text/plain; client_body_temp_path \(folder.path)/1; proxy_temp_path \(folder.path)/2;
      fastcgi_temp_path \(folder.path)/3; uwsgi_temp_path \(folder.path)/4; scgi_temp_path \(folder.path)/5;
      server { listen 127.0.0.1:\(port) backlog=1024; location / { root \(folder.path); index index.txt; } }
    }
    """
  try write(Array(configuration.utf8), to: folder.file("nginx.conf"))
  let peer = try await ChildProcess.start(["nginx", "-p", folder.path, "-c", folder.file("nginx.conf")])
  defer { peer.kill() }
  try await waitForServer(port)
  let (left, right) = try await paired {
    try await load(ours)
  } _: {
    try await load(port)
  }
  return BenchmarkRow(
    name: "HTTP server, async handler answering 1 KiB, 64 connections", unit: "requests/s", ours: left,
    peer: "nginx, one worker", peerValue: right, goal: .atLeast(0.6))
}

private func uvicornRow(
  ours: UInt16, name: String, loop: String, parser: String, goal: BenchmarkRow.Goal
) async throws -> BenchmarkRow {
  let folder = try TemporaryDirectory()
  let application = """
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    page = 'x' * 1024
    async def home(request):
        return PlainTextResponse(page)
    app = Starlette(routes=[Route('/', home)])
    """
  try write(Array(application.utf8), to: folder.file("application.py"))
  let port = try freePort()
  let peer = try await ChildProcess.start([
    testPython, "-m", "uvicorn", "--app-dir", folder.path, "--host", "127.0.0.1", "--port", "\(port)",
    "--loop", loop, "--http", parser, "--no-access-log", "--log-level", "warning", "application:app",
  ])
  defer { peer.kill() }
  try await waitForServer(port)
  let (left, right) = try await paired {
    try await load(ours)
  } _: {
    try await load(port)
  }
  return BenchmarkRow(
    name: "HTTP server, async handler answering 1 KiB, 64 connections", unit: "requests/s", ours: left,
    peer: "\(name), one worker", peerValue: right, goal: goal)
}

/// Requests a second, over three seconds.
private func load(_ port: UInt16) async throws -> Double {
  let wrk = try await ChildProcess.start(["wrk", "-t1", "-c64", "-d3s", "http://127.0.0.1:\(port)/"])
  let output = await wrk.remainingOutput()
  _ = await wrk.wait()
  guard !output.contains("Non-2xx"),
    let line = output.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
    let figure = Double(line.dropFirst("Requests/sec:".count).drop { $0 == " " })
  else { throw TestKitError("wrk: \(output)") }
  return figure
}

private func waitForServer(_ port: UInt16) async throws {
  for _ in 0..<200 {
    let probe = try await ChildProcess.start(["curl", "-s", "-o", "/dev/null", "http://127.0.0.1:\(port)/"])
    if await probe.wait() == 0 { return }
    try await Task.sleep(for: .milliseconds(50))
  }
  throw TestKitError("the peer on port \(port) does not answer")
}

/// A port that was free a moment ago, for programs that cannot say which one the kernel chose.
private func freePort() throws -> UInt16 {
  let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let code = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
      bind(descriptor, pointer, length) + getsockname(descriptor, pointer, &length)
    }
  }
  guard code == 0 else { throw TestKitError("no free port") }
  return UInt16(bigEndian: address.sin_port)
}

private func write(_ bytes: [UInt8], to path: String) throws {
  let descriptor = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o644)
  defer { close(descriptor) }
  guard bytes.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
    throw TestKitError("write failed")
  }
}
