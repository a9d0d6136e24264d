// The newest lines of this process's log, followed as they come.

import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import Resources
import Telemetry

/// `/operator/log`. Lines are redacted before they get anywhere.
enum OperatorLog {
  /// A stream ends after this, and the browser asks again: whoever is no operator any more then gets nothing.
  private static let longest = Duration.seconds(600)

  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.operators(.get, "/operator/log", name: "operator.log") { visit in try page(visit) }
    routes.operators(.get, "/operator/log/stream", name: "operator.log.stream") { visit in
      try stream(visit)
    }
  }

  /// From which level on; all for a word that is none.
  private static func level(_ visit: AccountVisit) throws -> LogLevel {
    let name = try visit.visit.query("level")
    return LogLevel.allCases.first { $0.name == name } ?? .trace
  }

  private static func page(_ visit: AccountVisit) throws -> HTTPResponse {
    let strings = visit.strings
    let level = try level(visit)
    let kept = visit.house.desk.logs.lines
    let lines = kept.filter { $0.entry.level >= level }
    let source = SafeURL(
      segments: ["operator", "log", "stream"],
      query: [(name: "level", value: level.name), (name: "after", value: "\(kept.last?.number ?? 0)")])
    return try visit.deskPage(
      strings["nav.operator.log"], "operator.log", lead: strings["desk.log.lead"],
      actions: { html in
        for one in [LogLevel.trace, .notice, .warning, .error] {
          html.element(
            .a, .class("chip"),
            .href(SafeURL(segments: ["operator", "log"], query: [(name: "level", value: one.name)])),
            .ariaCurrent(one == level ? "true" : nil), text: strings[dynamic: "desk.level.\(one.name)"])
        }
      },
      { html in
        html.add(
          LiveRegion(source) { html in
            html.element(.div, .class("row")) { html in html.add(LiveStatus()) }
            html.add(
              LiveLog(
                "log", label: strings["nav.operator.log"],
                lines: lines.map {
                  .init(time: $0.entry.milliseconds / 1_000, label: label($0.entry), text: text($0.entry))
                },
                empty: strings["desk.log.none"]))
          })
      })
  }

  private static func stream(_ visit: AccountVisit) throws -> HTTPResponse {
    let level = try level(visit)
    let after =
      try visit.request["Last-Event-ID"].flatMap { Int64($0) }
      ?? visit.visit.query("after").flatMap { Int64($0) }
    let (ring, time) = (visit.house.desk.logs, visit.house.time)
    return .events { feed in
      _ = await Deadline.within(longest, by: time) {
        for await line in ring.follow(after: after) where line.entry.level >= level {
          try await feed.send(event(line))
        }
      }
    }
  }

  /// What the script adds to the page.
  private static func event(_ line: LogRing.Line) throws -> ServerSentEvent {
    let data: JSONValue = [
      "append": [
        "time": .string(Timestamp(milliseconds: line.entry.milliseconds).iso8601),
        "label": .string(label(line.entry)), "text": .string(text(line.entry)),
      ]
    ]
    return ServerSentEvent(
      String(decoding: try data.encoded(), as: UTF8.self), event: "log", id: "\(line.number)")
  }

  private static func label(_ entry: LogEntry) -> String { "\(entry.level.name) \(entry.room)" }

  private static func text(_ entry: LogEntry) -> String {
    let fields = entry.fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(word($0.value))" }.joined()
    return String((entry.message + fields).prefix(2_000))
  }

  private static func word(_ value: LogValue) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .double(let number): "\(number)"
    case .boolean(let isTrue): "\(isTrue)"
    }
  }
}
