// Widgets of numbers: cards, charts, tables, progress; and how a single value is written.

import EventLoop
import HTML
import JSON
import PlatformText
import Resources
import SandboxArtifacts

extension GuestWidgets {
  func stat(
    _ card: GuestWidget.StatCard, _ widget: GuestWidget, _ data: GuestWidgetData?, _ html: inout HTMLWriter
  ) {
    let name = card.label.isEmpty ? (widget.title.isEmpty ? widget.id : widget.title) : card.label
    guard case .stat(let value, let change) = data else {
      html.element(.div, .class("stat")) { html in
        html.element(.p, .class("stat-name"), text: name)
        html.add(Skeleton(lines: 1))
      }
      return
    }
    html.add(
      StatTile(
        name, value: text(value, card.format) ?? "–", change: text(change, .plain),
        tone: change.number.map { $0 > 0 ? .success : $0 < 0 ? .error : .neutral } ?? .neutral,
        icon: Self.icon(card.icon)))
  }

  func chart(
    _ chart: GuestWidget.Chart, _ widget: GuestWidget, _ labels: [String], _ series: [GuestWidgetData.Series],
    _ html: inout HTMLWriter
  ) {
    guard !labels.isEmpty, let first = series.first else {
      // A gauge is one number, which some plugins send without a name.
      return context.empty(&html)
    }
    if chart.kind == .gauge {
      let value = first.values.lazy.compactMap(\.self).first ?? 0
      let maximum = chart.options["max"]?.double ?? 100
      return progress(widget, value, maximum, labels.first, &html)
    }
    let kind: Chart.Kind =
      switch chart.kind {
      case .line: .line
      case .area: .area
      case .scatter: .scatter
      case .pie: .pie
      case .doughnut: .doughnut
      case .bar, .gauge: chart.isStacked ? .stacked : .bar
      }
    html.add(
      Chart(
        widget.title.isEmpty ? context.strings["guest.chart"] : widget.title, kind: kind,
        head: context.strings["guest.chart.label"], labels: labels.map { .text($0) },
        series: series.map { Chart.Series($0.name, $0.values) },
        // The widget's card bears it.
        showsTitle: widget.title.isEmpty))
  }

  func table(
    _ columns: [GuestWidget.Column], _ widget: GuestWidget, _ rows: [[GuestValue]], _ total: Int,
    _ html: inout HTMLWriter
  ) {
    guard !rows.isEmpty else { return context.empty(&html) }
    let caption = widget.title.isEmpty ? context.strings["guest.table"] : widget.title
    html.add(
      Table(
        caption,
        columns: columns.map { column in
          Table.Column(column.label, isNumeric: column.format == .number || column.format == .percent)
        },
        rows: rows.map { row in
          Table.Row(zip(columns, row).map { column, value in { html in cell(value, column, into: &html) } })
        }))
    if total > rows.count {
      html.element(
        .p, .class("muted"),
        text: context.strings("guest.table.more", ["shown": "\(rows.count)", "total": "\(total)"]))
    }
  }

  func progress(
    _ widget: GuestWidget, _ value: Double, _ maximum: Double, _ label: String?, _ html: inout HTMLWriter
  ) {
    // Whatever the plugin counts, what is drawn lies between nothing and all.
    let share = maximum > 0 && value.isFinite && maximum.isFinite ? min(1, max(0, value / maximum)) : 0
    let name = label ?? (widget.title.isEmpty ? widget.id : widget.title)
    let numbers = [value, maximum].map { text(.number($0), .number) ?? "–" }
    html.add(
      ProgressBar(Self.id(widget).part("bar"), label: name, done: Int((share * 100).rounded()), of: 100))
    html.element(
      .p, .class("muted"),
      text: context.strings("guest.progress", ["value": numbers[0], "maximum": numbers[1]]))
  }

  // MARK: One value

  private func cell(_ value: GuestValue, _ column: GuestWidget.Column, into html: inout HTMLWriter) {
    if column.format == .badge, let text = text(value, .plain) {
      return html.add(Badge(text, Self.tone(column.colors[value.text ?? text])))
    }
    write(value, column.format, into: &html)
  }

  /// Writes a value as its column, or what else it belongs to, wants it.
  func write(_ value: GuestValue, _ format: GuestWidget.Format, into html: inout HTMLWriter) {
    guard let shown = text(value, format) else { return html.text("–") }
    switch format {
    case .timestamp:
      if let seconds = Self.seconds(value) {
        html.add(TimeText(secondsSince1970: seconds))
      } else {
        html.isolated(shown)
      }
    case .link:
      if let address = Self.link(shown) {
        html.element(.a, .href(address), .rel("noopener noreferrer nofollow")) { html in html.isolated(shown)
        }
      } else {
        html.isolated(shown)
      }
    case .avatar:
      let isDiscord =
        shown.hasPrefix("https://cdn.discordapp.com/") || shown.hasPrefix("https://media.discordapp.net/")
      html.add(
        Avatar(name: isDiscord ? "" : shown, picture: isDiscord ? Self.link(shown) : nil, size: .small))
      if !isDiscord {
        html.text(" ")
        html.isolated(shown)
      }
    case .code: html.element(.code, text: shown)
    case .badge: html.add(Badge(shown))
    case .plain, .number, .percent: html.isolated(shown)
    }
  }

  /// As text; nil for nothing.
  func text(_ value: GuestValue, _ format: GuestWidget.Format) -> String? {
    switch value {
    case .nothing: return nil
    case .flag(let flag): return context.strings[flag ? "guest.yes" : "guest.no"]
    case .text(let text) where value.number == nil || format == .plain: return text
    case .text, .number:
      guard let number = value.number else { return value.text }
      switch format {
      case .percent: return Self.text(number) + " %"
      case .number, .plain: return Self.text(number)
      default: return value.text
      }
    }
  }

  /// Whole numbers without a point, others with at most two digits behind it; groups of three apart.
  private static func text(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
    let hundredths = Int64((number * 100).rounded())
    var digits = String(abs(hundredths) / 100)
    var place = digits.count - 3
    while place > 0 {
      // A narrow space that does not break is read the same in every language.
      digits.insert("\u{202F}", at: digits.index(digits.startIndex, offsetBy: place))
      place -= 3
    }
    let rest = abs(hundredths) % 100
    let fraction = rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
    return (hundredths < 0 ? "-" : "") + digits + fraction
  }

  /// An instant: ISO 8601, or seconds or milliseconds since 1970.
  private static func seconds(_ value: GuestValue) -> Int64? {
    if let number = value.number {
      let seconds = abs(number) > 1e11 ? number / 1000 : number
      return abs(seconds) < 1e12 ? Int64(seconds) : nil
    }
    guard case .text(let text) = value else { return nil }
    return Timestamp(iso8601: text).map { $0.milliseconds.dividedDown(by: 1000) }
  }

  /// Pictures that the design system has, by the words that plugins use for them.
  private static func icon(_ name: String?) -> Icon? {
    switch name?.lowercased() {
    case "users", "members", "people", "user", "👥": .users
    case "chart", "trending-up", "activity", "bar-chart", "📈", "📊": .chart
    case "clock", "time", "timer", "⏰": .clock
    case "shield", "security", "🛡️": .shield
    case "hammer", "gavel", "ban", "🔨": .gavel
    case "bell", "alert", "🔔": .bell
    case "hash", "channel", "#": .hash
    case "key", "lock", "🔑": .key
    default: nil
    }
  }
}
