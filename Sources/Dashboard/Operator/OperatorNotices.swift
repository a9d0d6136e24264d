// What operators should hear of, on the desk.

import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformDispatch
import PlatformNotices
import PlatformText
import Resources

/// `/operator/notices`.
enum OperatorNotices {
  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.operators(.get, "/operator/notices", name: "operator.notices") { visit in try await list(visit) }
    routes.operators(.post, "/operator/notices/read", name: "operator.notices.read") { visit in
      let upTo = visit.visit.field("number").flatMap { Int64($0) } ?? 0
      try await visit.house.notices.markAllRead(.operators, upTo: upTo)
      return try visit.visit.done("desk.notices.read", next: "/operator/notices")
    }
    routes.operators(
      .post, "/operator/notices/{number}/dismiss", .text, name: "operator.notices.dismiss"
    ) { visit, number in
      guard let number = Int64(number),
        try await visit.house.notices.mark(number, of: .operators, as: .dismissed)
      else { throw HTTPProblem.notFound }
      return try visit.visit.done("desk.notices.dismissed", next: "/operator/notices")
    }
  }

  private static func list(_ visit: AccountVisit) async throws -> HTTPResponse {
    let strings = visit.strings
    var filter = NoticeFilter()
    filter.before = try visit.visit.query("before").flatMap { Int64($0) }
    let notices = try await visit.house.notices.list(.operators, filter)
    let isFull = notices.count == filter.limit
    let hasUnread = notices.contains { $0.status == .unread }
    return try visit.deskPage(
      strings["nav.operator.notices"], "operator.notices", lead: strings["desk.notices.lead"],
      actions: { html in
        guard hasUnread, let newest = notices.first else { return }
        html.act(
          visit.visit.post("/operator/notices/read", ("number", "\(newest.number)")),
          Button(strings["desk.notices.readAll"], icon: .check, act: .submit()))
      },
      { html in
        html.add(table(notices, visit))
        if isFull, let last = notices.last {
          html.add(
            Button(
              strings["desk.more"],
              act: .follow(
                SafeURL(
                  segments: ["operator", "notices"], query: [(name: "before", value: "\(last.number)")]))))
        }
      })
  }

  private static func table(_ notices: [PlatformNotices.Notice], _ visit: AccountVisit) -> HTML.Table {
    let strings = visit.strings
    return HTML.Table(
      strings["nav.operator.notices"],
      columns: [
        .init(strings["desk.notices.what"]), .init(strings["desk.notices.severity"]),
        .init(strings["desk.notices.times"], isNumeric: true), .init(strings["desk.notices.last"]),
      ],
      rows: notices.map { notice in
        let sentence = visit.house.dispatcher.sentence(
          notice.sentence.key, notice.sentence.values, of: notice.source, language: strings.language)
        return HTML.Table.Row(
          [
            { html in
              html.isolated(sentence)
              if notice.status == .unread { html.add(Badge(strings["desk.notices.new"], .info)) }
            },
            { html in
              html.add(StatusDot(strings[dynamic: "desk.severity.\(notice.severity.name)"], tone(notice)))
            },
            { html in html.text(Figures.grouped(notice.count)) },
            { html in html.add(TimeText(notice.lastAt, .relative)) },
          ],
          actions: { html in
            html.act(
              visit.visit.post(
                SafeURL(segments: ["operator", "notices", "\(notice.number)", "dismiss"])),
              Button.icon(.close, label: strings["desk.notices.dismiss"], act: .submit()).small())
          })
      }, empty: EmptyState(strings["desk.notices.none"], strings["desk.notices.none.help"]))
  }

  private static func tone(_ notice: PlatformNotices.Notice) -> Tone {
    switch notice.severity {
    case .info: .info
    case .warning: .warning
    case .problem: .error
    }
  }
}
