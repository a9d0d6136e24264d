// Tests of logs: levels, entries, lines, and the sink's queue.

import CSystem
import Synchronization
import Telemetry
import Testing
import Glibc

@Suite struct LogTests {
  private let sink = CapturingSink()
  private let system: LogSystem

  init() { system = LogSystem(sink: sink, now: { 1_767_225_600_123 }) }

  @Test func `an entry has everything it was given`() {
    Log(room: "http", system: system).info("request", ["method": "GET", "status": .integer(200)])
    #expect(
      sink.entries == [
        LogEntry(
          milliseconds: 1_767_225_600_123, level: .info, room: "http", message: "request",
          fields: ["method": "GET", "status": 200])
      ])
  }

  @Test func `below the level, fields are not even evaluated`() {
    var evaluations = 0
    func fields() -> [String: LogValue] {
      evaluations += 1
      return [:]
    }
    let log = Log(room: "http", system: system)
    log.debug("quiet", fields())
    #expect(evaluations == 0 && sink.entries.isEmpty && !log.isEnabled(.debug))
    system.levels = LogLevels(rooms: ["http": .debug])
    log.debug("heard", fields())
    #expect(evaluations == 1 && sink.entries.map(\.message) == ["heard"])
  }

  @Test func `levels change for logs that exist, room by room`() throws {
    let (http, storage) = (Log(room: "http", system: system), Log(room: "storage", system: system))
    system.levels = try LogLevels("warning,http=trace")
    #expect(http.isEnabled(.trace) && !storage.isEnabled(.notice) && storage.isEnabled(.warning))
    system.levels = LogLevels()
    #expect(!http.isEnabled(.debug) && storage.isEnabled(.info))
  }

  @Test func `an entry carries the trace of its task and is redacted before the sink sees it`() async {
    let log = Log(room: "http", system: system)
    let trace = TraceID.random()
    await withTrace(trace) {
      await Task { log.notice("failed", ["url": "redis://:\("pw" + "12345")@host"]) }.value
    }
    #expect(sink.entries.first?.trace == trace)
    #expect(sink.entries.first?.fields == ["url": "redis://:(redacted)@host"])
  }

  @Test func `a task can take its entries aside`() {
    let aside = CapturingSink()
    LogSystem.$taskSink.withValue(aside) { Log(room: "http", system: system).error("here") }
    #expect(aside.entries.map(\.message) == ["here"] && sink.entries.isEmpty)
  }

  @Test(arguments: [
    ("", LogLevels()), ("debug", LogLevels(standard: .debug)), (" , ", LogLevels()),
    ("info,http=debug,storage=warning", LogLevels(rooms: ["http": .debug, "storage": .warning])),
    (" Warning , HTTP = Trace ", LogLevels(standard: .warning, rooms: ["http": .trace])),
    ("http=debug,http=error", LogLevels(rooms: ["http": .error])),
  ])
  func `level lists are read`(text: String, levels: LogLevels) throws {
    let read = try LogLevels(text)
    #expect(read == levels)
    #expect(try LogLevels(read.description) == read)
  }

  @Test(arguments: [
    (
      "loud",
      "\"loud\" in the log levels names no level; there are trace, debug, info, notice, warning, error"
    ),
    (
      "info,http=",
      "\"http=\" in the log levels names no level; there are trace, debug, info, notice, warning, error"
    ),
    ("=debug", "\"=debug\" in the log levels is neither a level nor room=level, such as http=debug"),
    ("a=b=debug", "\"a=b=debug\" in the log levels is neither a level nor room=level, such as http=debug"),
  ])
  func `a list that cannot be read says why`(text: String, message: String) {
    let error = #expect(throws: LogLevelsError.self) { try LogLevels(text) }
    #expect(error?.description == message)
  }
}

@Suite struct LogFormatTests {
  private static let trace = TraceID("4bf92f3577b34da6a3ce929d0e0e4736")

  private func line(_ format: LogFormat, _ fields: [String: LogValue], message: String = "request") -> String
  {
    let entry = LogEntry(
      milliseconds: 1_772_323_199_999, level: .warning, room: "http", message: message, fields: fields,
      trace: Self.trace)
    return String(decoding: format.line(entry), as: UTF8.self)
  }

  @Test func `a line for people`() {
    #expect(
      line(.human(colors: false), ["status": 200, "path": "/a b", "ok": true, "agent": "x"])
        == "23:59:59.999Z WARNING http       request agent=x ok=true path=\"/a b\" status=200 [4bf92f35]\n")
    #expect(line(.human(colors: true), [:]).contains("\u{1B}[33mWARNING\u{1B}[0m"))
    #expect(!line(.human(colors: false), ["a": "b"]).contains("\u{1B}"))
  }

  @Test func `a line of JSON`() {
    #expect(
      line(.json, ["status": 200, "seconds": 0.5, "odd": .double(.nan), "text": "a \"b\"\n"])
        == #"{"time":"2026-02-28T23:59:59.999Z","level":"warning","room":"http","message":"request","#
        + #""trace":"4bf92f3577b34da6a3ce929d0e0e4736","fields":{"odd":"nan","seconds":0.5,"status":200,"#
        + #""text":"a \"b\"\n"}}"# + "\n")
  }

  @Test(arguments: [LogFormat.human(colors: false), .json])
  func `nothing in a value breaks the line or reaches the terminal`(format: LogFormat) {
    let text = line(
      format, ["v": "a\nb\r\u{1B}[2J\u{9B}\u{7}\u{202E}\u{2028}", "a\nb": "c"], message: "x\ny")
    #expect(text.unicodeScalars.filter { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) } == ["\n"])
    #expect(!text.unicodeScalars.contains("\u{202E}"))
  }

  @Test func `a long value is cut, at a character's end`() {
    let text = line(.json, ["v": .string(String(repeating: "ä", count: 10_000))])
    #expect(text.utf8.count < 8_500 && text.contains("… (20000 bytes)"))
  }

  @Test(arguments: [
    (0 as Int64, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
  ])
  func `times are right`(milliseconds: Int64, text: String) {
    let entry = LogEntry(milliseconds: milliseconds, level: .info, room: "r", message: "m")
    #expect(String(decoding: LogFormat.json.line(entry), as: UTF8.self).contains("\"time\":\"\(text)\""))
  }
}

@Suite struct StreamSinkTests {
  private func entry(_ number: Int) -> LogEntry {
    LogEntry(milliseconds: 0, level: .info, room: "r", message: "m", fields: ["n": .integer(Int64(number))])
  }

  /// A pipe; the caller closes both ends.
  private func makePipe() throws -> (reader: CInt, writer: CInt) {
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  private func readAll(_ descriptor: CInt) -> [String] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func `entries from several threads arrive whole, and each thread's in order`() throws {
    let (reader, writer) = try makePipe()
    defer { close(reader) }
    let file = "/tmp/guildhall-log-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let output = open(file, O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(output >= 0)
    defer { unlink(file) }
    close(writer)
    let sink = StreamSink(descriptor: output, format: .json)
    let group = (0..<4).map { thread in
      startThread { for number in 0..<500 { sink.receive(entry(thread * 1_000 + number)) } }
    }
    for thread in group { pthread_join(thread, nil) }
    #expect(sink.flush(limit: .seconds(20)))
    lseek(output, 0, SEEK_SET)
    let numbers = readAll(output).compactMap { $0.split(separator: "\"n\":").last?.prefix { $0 != "}" } }
      .compactMap { Int($0) }
    close(output)
    #expect(numbers.count == 2_000 && sink.droppedCount == 0)
    for thread in 0..<4 {
      #expect(numbers.filter { $0 / 1_000 == thread } == (0..<500).map { thread * 1_000 + $0 })
    }
  }

  @Test func `a reader that stands still costs entries, not time, and the loss is said`() throws {
    let (reader, writer) = try makePipe()
    let sink = StreamSink(descriptor: writer, format: .json, capacity: 100)
    // More than the pipe and the queue hold.
    let wide = LogEntry(
      milliseconds: 0, level: .info, room: "r", message: "m",
      fields: ["n": .string(String(repeating: "x", count: 4_000))])
    let time = ContinuousClock().measure { for _ in 0..<5_000 { sink.receive(wide) } }
    #expect(time < .seconds(5) && sink.droppedCount > 0)
    #expect(!sink.flush(limit: .milliseconds(10)))
    let collected = Mutex<[String]>([])
    let thread = startThread {
      let lines = readAll(reader)
      collected.withLock { $0 = lines }
    }
    #expect(sink.flush(limit: .seconds(20)))
    close(writer)
    pthread_join(thread, nil)
    close(reader)
    let lines = collected.withLock { $0 }
    let said = lines.filter { $0.contains("log entries dropped") }
    #expect(!said.isEmpty)
    #expect(lines.count - said.count + sink.droppedCount == 5_000)
  }

  @Test func `a reader that has gone does no harm`() throws {
    let (reader, writer) = try makePipe()
    close(reader)
    let sink = StreamSink(descriptor: writer, format: .json)
    for number in 0..<10 { sink.receive(entry(number)) }
    #expect(sink.flush(limit: .seconds(20)))
    close(writer)
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, Unmanaged.passRetained(Work(body)).toOpaque())
    return thread
  }
}
