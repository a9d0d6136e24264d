// Notices as a part of a page, for whoever they are meant for: the list, and what can be done with each.

import HTML
import HTTPServer
import HTTPTypes
import PlatformDispatch
import PlatformNotices
import PlatformText
import Resources

/// The notices of one audience on a page: a guild's, or the operators'.
struct NoticeBoard: Sendable {
  static let pageSize = 50

  let visit: Visit
  let audience: NoticeAudience
  /// The page it stands on; its forms go to `<page>/mark` and `<page>/read`.
  let page: [String]
  /// Whether the reader may mark notices.
  let mayMark: Bool

  /// The list that the address asks for.
  ///
  /// - Throws: what the store throws; `HTTPProblem` for a query that is not properly encoded.
  func content() async throws -> NoticeBoardView {
    var filter = NoticeFilter()
    filter.limit = Self.pageSize + 1
    filter.before = try visit.query("before").flatMap { Int64($0) }
    filter.includesDismissed = try visit.query("all") == "1"
    filter.source = try visit.query("source").map { String($0.prefix(64)) }
    filter.atLeast =
      switch try visit.query("severity") {
      case "problem": .problem
      case "warning": .warning
      default: .info
      }
    let found = try await visit.house.notices.list(audience, filter)
    return NoticeBoardView(
      board: self, filter: filter, notices: Array(found.prefix(Self.pageSize)),
      isMore: found.count > Self.pageSize,
      unread: try await visit.house.notices.unreadCount(audience))
  }

  /// Marks the notice of the form as the form says.
  ///
  /// - Throws: what the store throws.
  func mark() async throws -> HTTPResponse {
    guard let number = visit.field("number").flatMap({ Int64($0) }),
      let status = visit.field("status").flatMap({ PlatformNotices.Notice.Status(rawValue: $0) })
    else { throw HTTPProblem.badRequest("The form says which notice, and how to mark it.") }
    guard try await visit.house.notices.mark(number, of: audience, as: status) else {
      throw HTTPProblem.notFound
    }
    return try visit.done("notices.\(status.rawValue)", next: link())
  }

  /// Marks everything as read that the page showed; what came since stays unread.
  ///
  /// - Throws: what the store throws.
  func markAllRead() async throws -> HTTPResponse {
    let number = visit.field("upTo").flatMap { Int64($0) } ?? .max
    let count = try await visit.house.notices.markAllRead(audience, upTo: number)
    return try visit.done("notices.allRead", ["count": "\(count)"], next: link())
  }

  func link(_ query: [(name: String, value: String)] = []) -> SafeURL {
    SafeURL(segments: page, query: query)
  }

  /// What a notice says, in the reader's language.
  func sentence(_ notice: PlatformNotices.Notice) -> String {
    visit.house.dispatcher.sentence(
      notice.sentence.key, notice.sentence.values, of: notice.source, language: visit.strings.language)
  }

  /// Who says it: a plugin by its name, a room by its own.
  func source(_ id: String) -> String {
    guard visit.house.catalog[id] != nil else { return visit.strings.sentence("notices.source.\(id)") ?? id }
    return visit.house.catalog.strings(of: id, language: visit.strings.language).sentence("plugin.name") ?? id
  }
}

/// The list with its forms.
struct NoticeBoardView: HTMLComponent {
  let board: NoticeBoard
  let filter: NoticeFilter
  let notices: [PlatformNotices.Notice]
  let isMore: Bool
  let unread: Int

  private var strings: StringCatalog { board.visit.strings }
  private var isFiltered: Bool {
    filter.includesDismissed || filter.source != nil || filter.atLeast != .info
  }

  func render(into html: inout HTMLWriter) {
    html.element(.div, .class("stack")) { html in
      filters(&html)
      if board.mayMark, unread > 0, let newest = notices.first {
        html.form(board.visit.post(SafeURL(segments: board.page + ["read"]), ("upTo", "\(newest.number)"))) {
          html in
          html.element(.div, .class("row")) { html in
            html.element(.span, text: strings("notices.unread", ["count": "\(unread)"]))
            html.add(Button(strings["notices.markAll"], icon: .check, act: .submit()).small())
          }
        }
      }
      if notices.isEmpty {
        html.add(
          isFiltered || filter.before != nil
            ? EmptyState(strings["notices.noneFound"], strings["notices.noneFound.help"])
            : EmptyState(strings["notices.none"], strings["notices.none.help"]))
      } else {
        html.element(.ol, .class("records"), .ariaLabel(strings["nav.notices"])) { html in
          for notice in notices { write(notice, &html) }
        }
        html.add(
          KeysetLinks(
            newest: filter.before == nil ? nil : board.link(query(before: nil)),
            older: isMore ? board.link(query(before: notices.last?.number)) : nil, strings: strings))
      }
      html.element(.p, .class("muted"), text: strings["notices.kept"])
    }
  }

  private func query(before number: Int64?) -> [(name: String, value: String)] {
    let fields: [(String, String?)] = [
      ("severity", filter.atLeast == .info ? nil : filter.atLeast.name), ("source", filter.source),
      ("all", filter.includesDismissed ? "1" : nil), ("before", number.map { "\($0)" }),
    ]
    return fields.compactMap { name, value in value.map { (name, $0) } }
  }

  private func filters(_ html: inout HTMLWriter) {
    html.add(
      FilterBar(
        strings["notices.filters"], action: board.link(), apply: strings["records.apply"],
        clear: isFiltered ? (strings["records.clear"], board.link()) : nil, folds: true
      ) { html in
        html.add(
          SelectInput(
            Field("severity", label: strings["notices.severity"]),
            choices: NoticeSeverity.allCases.map {
              Choice($0.name, label: strings[dynamic: "notices.atLeast.\($0.name)"])
            }, selected: filter.atLeast.name))
        html.add(
          SelectInput(
            Field("all", label: strings["notices.which"]),
            choices: [
              Choice("", label: strings["notices.which.open"]),
              Choice("1", label: strings["notices.which.all"]),
            ], selected: filter.includesDismissed ? "1" : ""))
      })
  }

  private func write(_ notice: PlatformNotices.Notice, _ html: inout HTMLWriter) {
    html.element(.li, .class(notice.status == .unread ? "record is-unread" : "record")) { html in
      html.add(TimeText(notice.lastAt, .relative))
      html.element(.div, .class("record-body")) { html in
        html.element(.p) { html in
          html.add(Badge(strings[dynamic: "notices.severity.\(notice.severity.name)"], notice.severity.tone))
          html.text(" ")
          html.element(.strong) { $0.isolated(board.source(notice.source)) }
          if notice.status == .unread {
            html.text(" ")
            html.add(Badge(strings["notices.new"], .info))
          }
        }
        html.element(.p) { $0.isolated(board.sentence(notice)) }
        html.element(.p, .class("record-foot muted")) { html in
          if notice.count > 1 {
            html.text(strings("notices.count", ["count": "\(notice.count)"]))
            html.text(" · \(strings["notices.first"]) ")
            html.add(TimeText(notice.firstAt))
            html.text(" · \(strings["notices.last"]) ")
            html.add(TimeText(notice.lastAt))
          } else {
            html.add(TimeText(notice.lastAt))
          }
          if let link = notice.link.flatMap({ SafeURL($0) }) {
            html.text(" · ")
            html.element(.a, .href(link), text: strings["notices.open"])
          }
        }
        if board.mayMark { acts(notice, &html) }
      }
    }
  }

  private func acts(_ notice: PlatformNotices.Notice, _ html: inout HTMLWriter) {
    let target = board.visit.post(SafeURL(segments: board.page + ["mark"]), ("number", "\(notice.number)"))
    html.form(target, .class("row")) { html in
      func act(_ status: PlatformNotices.Notice.Status, _ key: StaticString, _ html: inout HTMLWriter) {
        html.add(
          Button(strings[key], kind: .quiet, act: .submit(name: "status", value: status.rawValue)).small())
      }
      switch notice.status {
      case .unread:
        act(.read, "notices.markRead", &html)
        act(.dismissed, "notices.dismiss", &html)
      case .read:
        act(.unread, "notices.markUnread", &html)
        act(.dismissed, "notices.dismiss", &html)
      case .dismissed: act(.read, "notices.restore", &html)
      }
    }
  }
}

extension NoticeSeverity {
  /// Of its badge.
  var tone: Tone {
    switch self {
    case .info: .info
    case .warning: .warning
    case .problem: .error
    }
  }
}
