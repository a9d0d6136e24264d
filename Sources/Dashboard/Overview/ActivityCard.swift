// What plugins did in a server, drawn: by the hour today, by the day this month.

import EventLoop
import HTML
import PlatformDispatch
import PlatformPlugins
import Resources

/// The overview's charts of what was done.
struct ActivityCard {
  /// Plugins with a colour of their own; the others share the last.
  private static let colours = 5
  private static let hour = Duration.seconds(3_600)
  private static let day = Duration.seconds(86_400)

  private let visit: GuildVisit
  private let today: Period
  private let month: Period

  /// Spans of equal length that end with the one under way, and what was done in them.
  private struct Period {
    let starts: [Timestamp]
    let step: Duration
    var deeds: [WhyTally] = []

    init(_ count: Int, of step: Duration, until last: Timestamp) {
      starts = (0..<count).map { last - step * (count - 1 - $0) }
      self.step = step
    }
  }

  /// - Throws: what the store throws.
  init(_ visit: GuildVisit) async throws {
    let (now, why) = (visit.now, visit.house.dispatcher.why)
    var today = Period(24, of: Self.hour, until: now - .milliseconds(now.milliseconds % 3_600_000))
    var month = Period(30, of: Self.day, until: now.startOfDay)
    today.deeds = try await why.deeds(since: today.starts[0], hours: 1, in: visit.guild)
    month.deeds = try await why.deeds(since: month.starts[0], hours: 24, in: visit.guild)
    (self.visit, self.today, self.month) = (visit, today, month)
  }

  func write(_ html: inout HTMLWriter) {
    let strings = visit.strings
    html.add(
      Card(strings["overview.activity"]) { html in
        guard !month.deeds.isEmpty || !today.deeds.isEmpty else {
          return html.element(.p, .class("muted"), text: strings["overview.activity.none"])
        }
        html.element(.div, .class("grid charts")) { html in
          html.add(
            chart(today, "overview.activity.hours", head: "overview.activity.hour", form: .time))
          html.add(chart(month, "overview.activity.days", head: "overview.activity.day", form: .date))
        }
      })
  }

  private func chart(_ period: Period, _ title: String, head: String, form: TimeText.Form) -> Chart {
    let (starts, count) = (period.starts, period.starts.count)
    var sums: [String: [Double]] = [:]
    for deed in period.deeds {
      let place = (deed.start - starts[0]) / period.step
      guard place >= 0, Int(place) < count else { continue }
      sums[deed.plugin, default: Array(repeating: 0, count: count)][Int(place)] += Double(deed.count)
    }
    let busiest = sums.sorted { left, right in
      let (one, other) = (left.value.reduce(0, +), right.value.reduce(0, +))
      return one == other ? left.key < right.key : one > other
    }
    var series = busiest.prefix(Self.colours).map { plugin, values in
      let name = visit.house.catalog[plugin].map { visit.visit.name(of: $0) } ?? plugin
      return Chart.Series(name, values)
    }
    let others = busiest.dropFirst(Self.colours).map(\.value)
    if let first = others.first {
      let sum = others.dropFirst().reduce(first) { zip($0, $1).map { $0 + $1 } }
      series.append(Chart.Series(visit.strings["overview.activity.others"], sum))
    }
    return Chart(
      visit.strings[dynamic: title], kind: .columns, head: visit.strings[dynamic: head],
      labels: starts.map { .time($0.milliseconds / 1_000, form) }, series: series)
  }
}
