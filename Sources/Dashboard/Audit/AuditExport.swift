// The audit log as a file: CSV for spreadsheets, JSON for programs, piece by piece.

import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import PlatformAudit
import Resources

/// Streams the entries that the filters leave, newest first.
enum AuditExport {
  /// Entries in memory at once.
  private static let batch = 100

  /// The format of the file.
  enum Format: String {
    case csv, json
  }

  static func answer(_ visit: GuildVisit) async throws -> HTTPResponse {
    guard let format = visit.visit.field("format").flatMap(Format.init) else {
      throw HTTPProblem.badRequest(visit.strings["audit.export.noFormat"])
    }
    let query = AuditQuery { visit.visit.field($0) }
    guard let filter = query.filter(limit: batch) else {
      throw HTTPProblem.badRequest(visit.strings["audit.noActor"])
    }
    // First, so that who takes the log along stands in it.
    try await visit.audit(
      "audit.export", "",
      after: .object(
        JSONObject(
          fields: [JSONObject.Field(key: "format", value: .string(format.rawValue))]
            + query.fields.map { JSONObject.Field(key: $0.name, value: .string($0.value)) })))
    let log = AuditLog(visit.store)
    let day = visit.now.iso8601.prefix(10)
    return .download("audit-\(visit.guild)-\(day).\(format.rawValue)", format.contentType) { writer in
      switch format {
      case .csv: try await csv(log, filter) { try await writer.write($0) }
      case .json: try await json(log, filter) { try await writer.write($0) }
      }
    }
  }

  /// Writes the whole log as CSV (RFC 4180).
  static func csv(_ log: AuditLog, _ filter: AuditFilter, to receive: ([UInt8]) async throws -> Void)
    async throws
  {
    try await receive(Array("number,time,actor,action,target,address,before,after\r\n".utf8))
    try await eachBatch(log, filter) { entries in
      var text = ""
      for entry in entries {
        let cells = [
          "\(entry.number)", entry.at.iso8601, entry.actor.name, entry.action, entry.target,
          entry.address ?? "", try compact(entry.before), try compact(entry.after),
        ]
        text += cells.map(cell).joined(separator: ",") + "\r\n"
      }
      try await receive(Array(text.utf8))
    }
  }

  /// Writes the whole log as one JSON array.
  static func json(_ log: AuditLog, _ filter: AuditFilter, to receive: ([UInt8]) async throws -> Void)
    async throws
  {
    try await receive(Array("[".utf8))
    var isFirst = true
    try await eachBatch(log, filter) { entries in
      var bytes: [UInt8] = []
      for entry in entries {
        bytes += Array((isFirst ? "\n" : ",\n").utf8)
        bytes += try document(entry).encoded()
        isFirst = false
      }
      try await receive(bytes)
    }
    try await receive(Array("\n]\n".utf8))
  }

  /// One entry, as exports and the API have it.
  static func document(_ entry: AuditEntry) -> JSONValue {
    [
      "number": .integer(entry.number), "at": .string(entry.at.iso8601), "actor": .string(entry.actor.name),
      "action": .string(entry.action), "target": .string(entry.target),
      "address": entry.address.map { .string($0) } ?? .null, "before": entry.before, "after": entry.after,
    ]
  }

  private static func eachBatch(
    _ log: AuditLog, _ filter: AuditFilter, _ body: ([AuditEntry]) async throws -> Void
  ) async throws {
    var filter = filter
    while true {
      try Task.checkCancellation()
      let entries = try await log.entries(filter)
      guard let last = entries.last else { return }
      try await body(entries)
      guard entries.count == batch else { return }
      filter.before = last.number
    }
  }

  private static func compact(_ value: JSONValue) throws -> String {
    value.isNull ? "" : String(decoding: try value.encoded(), as: UTF8.self)
  }

  /// A cell. What a spreadsheet would take for a formula gets an apostrophe in front.
  static func cell(_ text: String) -> String {
    let isFormula = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
    let safe = isFormula ? "'\(text)" : text
    guard safe.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return safe }
    return "\"\(safe.replacing("\"", with: "\"\""))\""
  }
}

extension AuditExport.Format {
  fileprivate var contentType: String {
    switch self {
    case .csv: "text/csv; charset=utf-8"
    case .json: "application/json"
    }
  }
}

extension AuditEntry.Actor {
  /// In documents.
  var name: String {
    switch self {
    case .user(let user): "user:\(user)"
    case .operator: "operator"
    case .system: "system"
    }
  }
}

extension HTTPResponse {
  /// A file that is made while it is sent, and kept by nobody on the way. `name` is made of letters, digits, `-` and `.`.
  static func download(
    _ name: String, _ contentType: String, produce: @escaping @Sendable (ResponseWriter) async throws -> Void
  ) -> HTTPResponse {
    var response = HTTPResponse.stream(contentType: contentType, produce: produce)
    response.fields["Content-Disposition"] = "attachment; filename=\"\(name)\""
    response.fields["Cache-Control"] = "no-store"
    return response
  }
}
