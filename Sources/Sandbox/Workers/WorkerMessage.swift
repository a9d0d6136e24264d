// The lines of both directions as values (plugin-host contract, sections 2, 3 and 9).

import JSON

/// What a worker said.
enum WorkerMessage {
  /// A call; the id goes back as it came.
  case call(id: JSONValue, method: String, params: JSONObject)
  /// The answer to a request of ours, by our id.
  case answer(id: String, Result<JSONValue, HostRequestFailure>)
  case log(JSONObject)
  case acknowledged([String])
  case failed(event: String, reason: String)
  /// A notification that the contract does not have: passed over.
  case unknown(String)
  /// A call that no parser of JSON takes, by its id: Python writes numbers that JSON does not have.
  case unreadable(id: JSONValue)
  /// No object at all: the plugin's own output.
  case stray(String)

  init(line: [UInt8]) {
    guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }) else {
      self = .unknown("")
      return
    }
    // Most lines that are no JSON do not begin as an object does; those that do are found out by the parser.
    if line.first == UInt8(ascii: "{") {
      if let object = try? JSONValue(parsing: line, maximumSize: LineReader.maximumLength + 1).object {
        self.init(object)
        return
      }
      if let id = Self.callID(unreadable: line) {
        self = .unreadable(id: id)
        return
      }
    }
    self = .stray(String(decoding: line.prefix(4_000), as: UTF8.self))
  }

  private init(_ object: JSONObject) {
    let id = object["id"].flatMap { $0.isNull ? nil : $0 }
    if let id, !Self.isID(id) {
      self = .unknown("id")
      return
    }
    guard let method = object["method"]?.string else {
      guard let id = id?.string else {
        self = .unknown("answer")
        return
      }
      if let error = object["error"], !error.isNull {
        let message = error["message"]?.string ?? error.string ?? "the plugin failed"
        self = .answer(id: id, .failure(HostRequestFailure(message: String(message.prefix(2_000)))))
      } else {
        self = .answer(id: id, .success(object["result"] ?? .null))
      }
      return
    }
    let params = object["params"]?.object ?? JSONObject()
    if let id {
      self = .call(id: id, method: method, params: params)
      return
    }
    switch method {
    case "plugin.log": self = .log(params)
    case "event.ack":
      let ids = params["event_ids"]?.array?.compactMap(\.string) ?? []
      self = .acknowledged(ids + (params["event_id"]?.string.map { [$0] } ?? []))
    case "event.fail":
      self = .failed(
        event: params["event_id"]?.string ?? "", reason: String((params["reason"]?.string ?? "").prefix(200)))
    default: self = .unknown(String(method.prefix(80)))
    }
  }
}

extension WorkerMessage {
  /// The id of a call as the SDK writes it, before everything that a plugin has a say in: `{"jsonrpc": "2.0", "id": 7, "method": …`.
  private static func callID(unreadable line: [UInt8]) -> JSONValue? {
    let text = String(decoding: line.prefix(120), as: UTF8.self)
    guard let found = text.firstMatch(of: /^\{"jsonrpc": ?"2\.0", ?"id": ?([0-9]{1,15}), ?"method":/) else {
      return nil
    }
    return Int64(found.1).map { .integer($0) }
  }

  /// What JSON-RPC has for an id: it is sent back, so that it must not be of any size.
  private static func isID(_ id: JSONValue) -> Bool {
    if let text = id.string { return text.utf8.count <= 200 }
    return id.int64 != nil
  }
}

/// A request of ours that the plugin answered with an error, or not at all.
struct HostRequestFailure: Error, Hashable {
  let message: String
}

/// Lines to a worker.
enum HostLine {
  static func notification(_ method: String, _ params: JSONObject) -> [UInt8] {
    line([("method", .string(method)), ("params", .object(params))])
  }

  /// `id` must be one that no plugin counts to: a string (section 3, rule 2).
  static func request(_ id: String, _ method: String, _ params: JSONObject) -> [UInt8] {
    line([("id", .string(id)), ("method", .string(method)), ("params", .object(params))])
  }

  static func result(_ id: JSONValue, _ result: JSONValue) -> [UInt8] {
    line([("id", id), ("result", result)])
  }

  static func error(_ id: JSONValue, _ error: JSONValue) -> [UInt8] {
    line([("id", id), ("error", error)])
  }

  private static func line(_ fields: [(String, JSONValue)]) -> [UInt8] {
    var object = JSONObject(fields: [.init(key: "jsonrpc", value: "2.0")])
    for (key, value) in fields { object.fields.append(.init(key: key, value: value)) }
    // What came from JSON and from our own code can be written; a number that cannot becomes a plain error.
    guard let bytes = try? JSONValue.object(object).encoded() else {
      return Array(#"{"jsonrpc":"2.0","method":"host.unwritable","params":{}}"#.utf8) + [UInt8(ascii: "\n")]
    }
    return bytes + [UInt8(ascii: "\n")]
  }
}
