// Frames, requirement lines, statistics and profiles: values that need no engine.

import JSON
import SandboxContract
import Testing

@testable import SandboxEngine

@Suite struct FrameTests {
  private func frame(_ kind: UInt8, _ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return [kind, 0, 0, 0] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) }
      + bytes
  }

  @Test(arguments: [1, 3, 8, 9, 1000]) func `frames come out whatever they are cut into`(size: Int) throws {
    let bytes = frame(1, "one ") + frame(1, "two") + frame(2, "bad") + frame(1, "") + frame(0, "three")
    var splitter = FrameSplitter()
    var pieces: [OutputPiece] = []
    var cost = 0
    var rest = bytes[...]
    while !rest.isEmpty {
      cost += try splitter.split(rest.prefix(size), into: &pieces)
      rest = rest.dropFirst(size)
    }
    #expect(pieces.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one two", "bad", "three"])
    #expect(pieces.map(\.isError) == [false, true, false])
    #expect(cost == pieces.reduce(0) { $0 + $1.cost })
  }

  @Test(
    arguments: [[3, 0, 0, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 255, 0, 0, 0]] as [[UInt8]])
  func `what is no frame is refused`(bytes: [UInt8]) {
    var splitter = FrameSplitter()
    var pieces: [OutputPiece] = []
    #expect(throws: EngineError.self) { try splitter.split(bytes[...], into: &pieces) }
  }
}

@Suite struct RequirementsListTests {
  @Test func `comments and the SDK's lines are dropped`() throws {
    let list = try RequirementsList([
      "# plugins", "", "  requests>=2,<3  ", "yourbot-sdk", "YourBot_SDK>=0.10", "mmo.maid.sdk[all]==1",
      "pyyaml==6.0 --hash=sha256:aa --hash=sha256:bb # pinned", "idna; python_version < '3.12'",
    ])
    #expect(
      list.lines == [
        "requests>=2,<3", "pyyaml==6.0 --hash=sha256:aa --hash=sha256:bb", "idna; python_version < '3.12'",
      ])
  }

  @Test(arguments: [
    "-e .", "--index-url https://evil.example", "-r other.txt", "./wheel.whl", "/tmp/x",
    "pkg @ https://evil.example/x.whl",
    "https://evil.example/x.whl", "git+ssh://x", "pkg --global-option=x", "pkg \\", "päckchen", "pkg\u{0}",
    "..", "file.whl/../x",
  ])
  func `options, addresses and paths are refused`(line: String) {
    #expect(throws: EngineError.self) { try RequirementsList([line]) }
  }
}

@Suite struct EngineAnswerTests {
  @Test func `usage leaves out what the kernel would drop first`() throws {
    let first = try JSONValue(
      parsing: Array(
        #"{"memory_stats":{"usage":9000,"stats":{"total_inactive_file":2000}},"cpu_stats":{"cpu_usage":{"total_usage":5}}}"#
          .utf8))
    #expect(GuestUsage(stats: first) == GuestUsage(memory: 7000, processor: .nanoseconds(5)))
    let second = try JSONValue(
      parsing: Array(#"{"memory_stats":{"usage":9000,"stats":{"inactive_file":1000}}}"#.utf8))
    #expect(GuestUsage(stats: second) == GuestUsage(memory: 8000, processor: .zero))
    #expect(GuestUsage(stats: .object(JSONObject())) == nil)
  }

  @Test(arguments: [
    (404, "no such container", EngineError.Code.notFound), (409, "x", .conflict),
    (500, "container state improper", .conflict), (500, "disk full", .refused), (400, "bad", .refused),
  ])
  func `statuses become codes`(status: Int, message: String, code: EngineError.Code) {
    let error = EngineClient.failure(status, Array(#"{"message":"\#(message)"}"#.utf8))
    #expect(error.code == code)
    #expect(!error.description.contains(message))
    #expect(error.debugDescription.contains(message))
  }

  @Test func `the validator's answer is read, and an unfinished one is none`() throws {
    var result = OneShotResult()
    result.exitCode = 0
    result.output = Array(
      #"{"code":1,"found":[{"errors":[{"severity":"error","code":"c","message":"m","path":"a.py","line":3}],"warnings":[]}]}"#
        .utf8)
    let found = try #require(PluginValidation.found(in: result))
    #expect(
      found == [PluginFinding(isError: true, code: "c", message: "m", path: "a.py", line: 3, hint: nil)])
    result.isTimedOut = true
    #expect(PluginValidation.found(in: result) == nil)
    result.isTimedOut = false
    result.output = Array(#"{"code":2,"found":[]}"#.utf8)
    #expect(PluginValidation.found(in: result) == nil)
  }

  @Test func `the filter names no call twice in one rule and none that breaks out`() throws {
    let rules = try #require(SeccompProfile.json(allowsNetwork: false)["syscalls"]?.array)
    let allowed = rules.filter { $0["action"] == "SCMP_ACT_ALLOW" && $0["args"] == nil }
      .flatMap { $0["names"]?.array?.compactMap(\.string) ?? [] }
    #expect(Set(allowed).count == allowed.count)
    for name in [
      "unshare", "mount", "setns", "ptrace", "keyctl", "bpf", "clone", "clone3", "socket", "memfd_create",
    ] {
      #expect(!allowed.contains(name), "\(name)")
    }
  }
}

@Suite struct ProcessorDealTests {
  @Test(
    arguments: [
      ("0", [0]), ("0-3", [0, 1, 2, 3]), ("1,4-5", [1, 4, 5]), ("", []), ("3-1", []), ("0-99999", []),
      ("x", []),
    ] as [(String, [Int])])
  func `a list of processors is read as the kernel writes it`(text: String, expected: [Int]) {
    #expect(ProcessorDeal.list(text[...]) == expected)
  }
}
