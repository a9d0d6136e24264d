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
  private let acts: [WhyTally]

  /// `tallies`: of 31 days; see `WhyJournal.tallies`.
  init(_ visit: GuildVisit, _ tallies: [WhyTally]) {
    self.visit = visit
    acts = tallies.filter { $0.kind.outcome == .acted }
  }

  func write(_ html: inout HTMLWriter) {
    let strings = visit.strings
    html.add(
      Card(strings["overview.activity"]) { html in
        guard !acts.isEmpty else {
          return html.element(.p, .class("muted"), text: strings["overview.activity.none"])
        }
        html.element(.div, .class("grid charts")) { html in
          let now = visit.now
          let thisHour = now - .milliseconds(now.milliseconds % 3_600_000)
          html.add(
            chart(
              "overview.activity.hours", head: "overview.activity.hour", count: 24, step: Self.hour,
              last: thisHour, form: .time))
          html.add(
            chart(
              "overview.activity.days", head: "overview.activity.day", count: 30, step: Self.day,
              last: now.startOfDay, form: .date))
        }
      })
  }

  private func chart(
    _ title: String, head: String, count: Int, step: Duration, last: Timestamp, form: TimeText.Form
  ) -> Chart {
    let starts = (0..<count).map { last - step * (count - 1 - $0) }
    let width = starts[1].milliseconds - starts[0].milliseconds
    var sums: [String: [Double]] = [:]
    for act in acts {
      let place = (act.kind.hour.milliseconds - starts[0].milliseconds) / width
      guard act.kind.hour >= starts[0], place < Int64(count) else { continue }
      sums[act.kind.plugin, default: Array(repeating: 0, count: count)][Int(place)] += Double(act.count)
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
