// Every page of a large guild: how soon the server answers, how much goes over the wire, how soon it is seen.

import BenchmarkHarness
import EventLoop
import Glibc
import HTTPClient
import HTTPTypes
import TestKit

let pageBenchmarks: [Benchmark] = [Benchmark("pages of a large guild") { try await pageRows() }]

/// Requests each page gets, and how many come in a second.
private let (requestCount, requestsPerSecond) = (600, 200.0)
/// Readers of live events.
private let readerCount = 1_000

private func pageRows() async throws -> [BenchmarkRow] {
  // One core for the server, all of its threads.
  let town = try await ChildProcess.start(["taskset", "-c", "0", "/proc/\(getpid())/exe", "town"])
  defer { town.kill() }
  guard let line = await town.nextLine(timeout: .seconds(180)) else { throw TestKitError("no town") }
  guard line.hasPrefix("{") else { throw TestKitError(line) }
  let invitation = try TownInvitation(line: line)
  let loop = try EventLoop(name: "visitors")
  defer { loop.shutdown() }
  let client = try HTTPClient(loop: loop)
  defer { client.shutdown() }
  var rows: [BenchmarkRow] = []
  for (name, path) in invitation.pages {
    let latencies = try await load(client, invitation, path)
    rows.append(
      bound("\(name): answer at 200/s, p99 of \(requestCount)", "ms", percentile(latencies, 0.99), 30))
    rows.append(bound("\(name): gzipped", "KiB", try await weight(path, invitation) / 1_024, 30))
  }
  guard let front = invitation.pages.first else { throw TestKitError("a guild has no page") }
  var first = try await weight(front.path, invitation)
  for asset in invitation.assets { first += try await weight(asset, invitation) }
  rows.append(bound("first visit, gzipped", "KiB", first / 1_024, 100))
  rows += try await paintRows(invitation)
  rows += try await liveRows(town, client, invitation, front.path)
  return rows
}

private func bound(_ name: String, _ unit: String, _ value: Double, _ most: Double) -> BenchmarkRow {
  BenchmarkRow(name: name, unit: unit, ours: value, peer: "bound", peerValue: most, goal: .atMost(1))
}

/// Milliseconds from when each request was due, so that a stall counts for all that waited.
private func load(
  _ client: HTTPClient, _ invitation: TownInvitation, _ path: String, count: Int = requestCount
) async throws -> [Double] {
  let request = { () -> HTTPClient.Request in
    var request = HTTPClient.Request(invitation.origin + path)
    request.fields = ["Cookie": invitation.cookie, "Accept": "text/html", "Accept-Encoding": "gzip"]
    return request
  }
  // The first ones fill caches.
  for _ in 0..<20 {
    let answer = try await client.send(request())
    guard answer.status == .ok else { throw TestKitError("\(path): \(answer.status)") }
  }
  let clock = ContinuousClock()
  let start = clock.now
  return try await withThrowingTaskGroup(of: Double.self) { group in
    for number in 0..<count {
      let due = start + .seconds(Double(number) / requestsPerSecond)
      let request = request()
      group.addTask {
        try await clock.sleep(until: due)
        let answer = try await client.send(request)
        guard answer.status == .ok else { throw TestKitError("\(path): \(answer.status)") }
        return (clock.now - due) / .milliseconds(1)
      }
    }
    return try await group.reduce(into: []) { $0.append($1) }
  }
}

/// Bytes of the body on the wire.
private func weight(_ path: String, _ invitation: TownInvitation) async throws -> Double {
  let curl = try await ChildProcess.start([
    "curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{size_download}\\n", "-H", "Accept-Encoding: gzip",
    "-H", "Accept: text/html", "-H", "Cookie: \(invitation.cookie)", invitation.origin + path,
  ])
  let words = (await curl.nextLine() ?? "").split(separator: " ")
  guard words.first == "200", let size = words.last.flatMap({ Double($0) }) else {
    throw TestKitError("\(path) answers \(words)")
  }
  return size
}

/// First contentful paint of the guild's pages in headless Chromium, the slowest page's median.
private func paintRows(_ invitation: TownInvitation) async throws -> [BenchmarkRow] {
  let arguments = [invitation.origin, invitation.cookie] + invitation.pages.map(\.path)
  let painter = try await ChildProcess.start(
    [testPython, "Benchmarks/Dashboard/Clients/paint.py"] + arguments, mergesErrors: true)
  defer { painter.kill() }
  let words = (await painter.nextLine(timeout: .seconds(600)) ?? "").split(separator: " ")
  guard words.count == 2, let slowest = Double(words[0]) else {
    throw TestKitError("the browser measured nothing: \(words.joined(separator: " "))")
  }
  // The guild's id says nothing.
  let page = words[1].split(separator: "/").dropFirst(2).joined(separator: "/")
  return [bound("first contentful paint, slowest page's median (/\(page))", "ms", slowest, 300)]
}

/// What a thousand readers of live events cost.
private func liveRows(
  _ town: ChildProcess, _ client: HTTPClient, _ invitation: TownInvitation, _ path: String
) async throws -> [BenchmarkRow] {
  guard let live = invitation.live else {
    print("live readers: not measured, there is no route guild.live")
    return []
  }
  // A tenth of less than two milliseconds: of a few hundred answers it would be chance.
  let alone = percentile(try await load(client, invitation, path, count: 3_000), 0.99)
  let before = try residentMebibytes(town.pid)
  let readers = try await ChildProcess.start([
    testPython, "Benchmarks/Dashboard/Clients/readers.py", invitation.origin, invitation.cookie, live,
    "\(readerCount)",
  ])
  defer { readers.kill() }
  guard await readers.nextLine(timeout: .seconds(60)) == "reading" else {
    throw TestKitError("the readers do not get their events")
  }
  let together = percentile(try await load(client, invitation, path, count: 3_000), 0.99)
  let memory = try residentMebibytes(town.pid) - before
  return [
    bound("memory of \(readerCount) live readers", "MiB", memory, 150),
    BenchmarkRow(
      name: "p99 of a page beside \(readerCount) live readers", unit: "ms", ours: together,
      peer: "without them", peerValue: alone, goal: .atMost(1.1)),
  ]
}

/// The memory that a process has in RAM.
private func residentMebibytes(_ process: pid_t) throws -> Double {
  guard let file = fopen("/proc/\(process)/statm", "r") else { throw TestKitError("no process \(process)") }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 200)
  bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
  let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
  guard words.count > 1, let pages = Double(words[1]) else { throw TestKitError("statm is not as expected") }
  return pages * 4_096 / 1_048_576
}

/// The `q`-quantile of some figures; NaN of none.
private func percentile(_ values: [Double], _ q: Double) -> Double {
  guard !values.isEmpty else { return .nan }
  return values.sorted()[min(values.count - 1, Int(Double(values.count) * q))]
}
