// A gateway that serves a feed made beforehand, to any client: the process that foreign libraries are fed from, too.

import Compression
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import Synchronization
import TestKit
import WebSocket

/// What the feeder serves.
struct FeedPlan: Sendable {
  var guilds = 100
  var members = 100
  /// Without any, the feeder serves bots at rest: heartbeats are answered as Discord does.
  var events = 100_000
  /// How many events a second; 0 for as many as the client takes.
  var perSecond = 0

  /// As arguments of a feeder process.
  var words: [String] { ["\(guilds)", "\(members)", "\(events)", "\(perSecond)"] }
}

/// Everything the gateway says on one connection, framed and compressed. The compression has one history for the
/// whole connection, so all is made at once, and nothing can be put between: heartbeats are answered once, beforehand.
struct PreparedFeed: Sendable {
  var bytes: [UInt8] = []
  /// Hello ends here; what follows waits for the identify.
  private(set) var helloEnd = 0
  /// `READY` and the guilds end here; what follows waits for the client's word.
  private(set) var guildsEnd = 0
  /// A frame with the answer to a heartbeat, for when all is sent.
  private(set) var answer: [UInt8] = []
  /// Where each event after the guilds ends.
  private(set) var eventEnds: [Int] = []
  private(set) var perSecond = 0
  /// How many of them are new messages.
  private(set) var messages = 0

  init(_ plan: FeedPlan, compression: CompressionFormat?) throws {
    let compressor = try compression.map { try Compressor($0) }
    let world = FeedWorld(guilds: plan.guilds, members: plan.members)
    var sequence = 0
    func add(_ text: String, _ bytes: inout [UInt8]) throws {
      var payload = Array(text.utf8)
      if let compressor {
        try compressor.write(payload, flush: .sync)
        payload = compressor.takeOutput()
      }
      Self.frame(payload, isText: compressor == nil, into: &bytes)
    }
    func dispatch(_ name: String, _ data: String, _ bytes: inout [UInt8]) throws {
      sequence += 1
      try add(#"{"t":"\#(name)","s":\#(sequence),"op":0,"d":\#(data)}"#, &bytes)
    }
    try add(
      #"{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":\#(plan.events == 0 ? 41_250 : 600_000)}}"#,
      &bytes)
    helloEnd = bytes.count
    try add(#"{"t":null,"s":null,"op":11,"d":null}"#, &bytes)
    try dispatch("READY", world.ready, &bytes)
    for guild in 0..<plan.guilds { try dispatch("GUILD_CREATE", world.guildCreate(guild), &bytes) }
    guildsEnd = bytes.count
    answer = Self.answer(compression)
    perSecond = plan.perSecond
    guard plan.events > 0 else { return }
    var events = FeedEvents(world)
    for number in 1...max(2, plan.events) {
      let event = number < plan.events ? events.next() : events.last()
      try dispatch(event.name, event.data, &bytes)
      eventEnds.append(bytes.count)
      if event.name == "MESSAGE_CREATE" { messages += 1 }
    }
  }

  /// The answer to a heartbeat once everything else is sent: a block that is stored, not compressed, and so depends on
  /// nothing before it.
  private static func answer(_ compression: CompressionFormat?) -> [UInt8] {
    let text = Array(#"{"t":null,"s":null,"op":11,"d":null}"#.utf8)
    var payload: [UInt8] = []
    switch compression {
    case .zstd:
      // RFC 8878 section 3.1.1.2: not the last, raw, so many bytes.
      let header = text.count << 3
      payload = [UInt8(header & 255), UInt8(header >> 8 & 255), UInt8(header >> 16)] + text
    case .zlib:
      // RFC 1951 section 3.2.4, and an empty block as the flush.
      let count = UInt8(text.count)
      payload = [0, count, 0, ~count, 255] + text + [0, 0, 0, 255, 255]
    default: payload = text
    }
    var bytes: [UInt8] = []
    frame(payload, isText: compression == nil, into: &bytes)
    return bytes
  }

  /// A frame of a server (RFC 6455 section 5.2).
  private static func frame(_ payload: [UInt8], isText: Bool, into bytes: inout [UInt8]) {
    bytes.append(isText ? 0x81 : 0x82)
    switch payload.count {
    case ..<126: bytes.append(UInt8(payload.count))
    case ..<65_536: bytes += [126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    default:
      bytes.append(127)
      for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(payload.count >> shift & 255)) }
    }
    bytes += payload
  }
}

/// Serves `/api/v10/gateway/bot` and what else a client asks before it connects, and the feed at `/`.
final class GatewayFeeder: Sendable {
  private let plan: FeedPlan
  private let loop: EventLoop
  private let feeds = Mutex<[String: PreparedFeed]>([:])
  /// Of the last feed that was prepared.
  private let deletions = Mutex<DeletionRecorder?>(nil)

  init(_ plan: FeedPlan) throws {
    self.plan = plan
    loop = try EventLoop(name: "feeder")
  }

  /// Prepared at the first request for it.
  private func feed(_ compression: String?) throws -> PreparedFeed {
    try feeds.withLock { feeds in
      if let feed = feeds[compression ?? ""] { return feed }
      let format: CompressionFormat? =
        switch compression {
        case "zlib-stream": .zlib
        case "zstd-stream": .zstd
        default: nil
        }
      let feed = try PreparedFeed(plan, compression: format)
      feeds[compression ?? ""] = feed
      deletions.withLock { $0 = DeletionRecorder(expected: feed.messages) }
      return feed
    }
  }

  /// Serves until the process is killed; prints the port.
  func run() async throws {
    let port = Atomic<Int>(0)
    let user =
      #"{"id":"\#(FeedWorld.botID)","username":"feed","global_name":null,"discriminator":"0001","avatar":null,"public_flags":0,"flags":0,"bot":true,"verified":true,"mfa_enabled":true,"email":null,"locale":"en-US"}"#
    let application =
      #"{"id":"\#(FeedWorld.botID)","name":"feed","icon":null,"description":"","summary":"","bot_public":true,"bot_require_code_grant":false,"verify_key":"00","flags":8953856,"owner":\#(user),"team":null,"install_params":null,"approximate_guild_count":1}"#
    var router = Router()
    for prefix in ["/api/v10", ""] {
      router.get("\(prefix)/gateway/bot", name: "gateway\(prefix.count)") { _ in
        HTTPResponse.json(
          #"{"url":"ws://127.0.0.1:\#(port.load(ordering: .relaxed))","shards":1,"session_start_limit":{"total":1000,"remaining":1000,"reset_after":86400000,"max_concurrency":16}}"#
        )
      }
      router.delete(
        "\(prefix)/channels/{channel}/messages/{message}", .uint64, .uint64, name: "delete\(prefix.count)"
      ) { request, channel, _ in
        self.deletions.withLock { $0 }?.add(request["X-Audit-Log-Reason"])
        return HTTPResponse(
          status: .noContent,
          fields: [
            "X-RateLimit-Limit": "100000", "X-RateLimit-Remaining": "99999", "X-RateLimit-Reset-After": "1",
            "X-RateLimit-Bucket": "deletions",
          ])
      }
      router.get("\(prefix)/users/@me", name: "user\(prefix.count)") { _ in .json(user) }
      router.get("\(prefix)/oauth2/applications/@me", name: "application\(prefix.count)") { _ in
        .json(application)
      }
      router.get("\(prefix)/applications/@me", name: "application2\(prefix.count)") { _ in .json(application)
      }
    }
    router.get("/", name: "socket") { request in
      let feed = try self.feed(try request.query["compress"])
      let verdict = WebSocketServerHandshake().judge(
        method: request.method, isHTTP11: true, fields: request.fields)
      guard case .accept(var fields, _) = verdict else { return HTTPResponse(status: .badRequest) }
      fields["Upgrade"] = nil
      fields["Connection"] = nil
      return .upgrade(protocol: "websocket", fields: fields, on: self.loop) { stream in
        await withCheckedContinuation { continuation in
          stream.loop.execute { FeedConnection(stream, feed, continuation).begin() }
        }
      }
    }
    let serverLoop = try EventLoop(name: "http")
    var limits = HTTPLimits()
    // A thousand bots come from one address, and each is a request that lasts.
    limits.connectionsPerAddress = limits.connections
    limits.requestsPerAddress = limits.requests
    let server = try HTTPServer(
      .tcp(host: "127.0.0.1", port: 0), router: router, loop: serverLoop, limits: limits,
      writesAccessLog: false)
    guard case .tcp(_, let number) = try server.start() else { throw TestKitError("no port") }
    port.store(Int(number), ordering: .relaxed)
    say("\(number)")
    while true { try await Task.sleep(for: .seconds(3600)) }
  }
}

extension HTTPResponse {
  fileprivate static func json(_ text: String) -> HTTPResponse {
    HTTPResponse(contentType: "application/json", text: text)
  }
}

/// One client's feed. Confined to the stream's loop.
private final class FeedConnection: @unchecked Sendable {
  private let stream: any UpgradedStream
  private let feed: PreparedFeed
  private var continuation: CheckedContinuation<Void, Never>?
  private var position = 0
  /// How far it may go by what the client has said.
  private var limit: Int
  private var incoming: [UInt8] = []
  /// When the events began.
  private var began: ContinuousClock.Instant?

  init(_ stream: any UpgradedStream, _ feed: PreparedFeed, _ continuation: CheckedContinuation<Void, Never>) {
    (self.stream, self.feed, self.continuation) = (stream, feed, continuation)
    limit = feed.helloEnd
  }

  func begin() { write() }

  private func finish() {
    guard let continuation else { return }
    self.continuation = nil
    stream.close()
    continuation.resume()
  }

  private func write() {
    do {
      var isBlocked = false
      while position < limit, !isBlocked {
        let outcome = try feed.bytes.withUnsafeBytes { bytes in
          try stream.write(
            UnsafeRawBufferPointer(rebasing: bytes[position..<min(limit, position + (256 << 10))]))
        }
        switch outcome {
        case .bytes(let count): position += count
        case .wouldBlock: isBlocked = true
        case .endOfStream: return finish()
        }
      }
      try stream.setReadiness(wantsWrite: isBlocked) { _ in
        self.read()
        if self.continuation != nil, self.position < self.limit { self.write() }
      }
    } catch {
      finish()
    }
  }

  private func read() {
    do {
      while continuation != nil {
        var buffer = [UInt8](repeating: 0, count: 4096)
        switch try buffer.withUnsafeMutableBytes({ try stream.read(into: $0) }) {
        case .bytes(let count):
          incoming += buffer[..<count]
          takeFrames()
        case .wouldBlock: return
        case .endOfStream: return finish()
        }
      }
    } catch {
      finish()
    }
  }

  /// Looks only for the opcodes that let the feed go on.
  private func takeFrames() {
    while incoming.count >= 2 {
      var offset = 2
      var length = Int(incoming[1] & 127)
      if length == 126 {
        guard incoming.count >= 4 else { return }
        length = Int(incoming[2]) << 8 | Int(incoming[3])
        offset = 4
      }
      guard incoming[1] & 128 != 0, length <= 4096 else { return finish() }
      guard incoming.count >= offset + 4 + length else { return }
      let mask = Array(incoming[offset..<offset + 4])
      let start = offset + 4
      let payload = (0..<length).map { incoming[start + $0] ^ mask[$0 & 3] }
      let opcode = incoming[0] & 15
      incoming.removeFirst(start + length)
      if opcode == 8 { return finish() }
      if opcode == 1 || opcode == 2 { take(payload) }
    }
  }

  private func take(_ payload: [UInt8]) {
    guard let tree = try? JSONValue(parsing: payload), case .integer(let opcode)? = tree["op"] else { return }
    if opcode == 2 { limit = max(limit, feed.guildsEnd) }
    // The client's presence is its word that it is ready for the events.
    if opcode == 3 { limit = feed.perSecond == 0 ? feed.bytes.count : limit }
    if opcode == 3, feed.perSecond > 0, began == nil {
      began = .now
      pace()
    }
    if opcode == 1, position == feed.bytes.count { answer() }
    if position < limit { write() }
  }

  /// Lets so many events go as are due by now.
  private func pace() {
    guard continuation != nil, let began else { return }
    let due = Int(began.duration(to: .now) / .microseconds(1) * Double(feed.perSecond) / 1_000_000)
    if due > 0 { limit = feed.eventEnds[min(due, feed.eventEnds.count) - 1] }
    if position < limit { write() }
    if limit < feed.bytes.count { stream.loop.schedule(after: .milliseconds(1)) { self.pace() } }
  }

  private func answer() {
    // Fifty bytes fit into the buffer of a socket that has nothing else to carry.
    guard (try? feed.answer.withUnsafeBytes { try stream.write($0) }) == .bytes(feed.answer.count) else {
      return finish()
    }
  }
}
