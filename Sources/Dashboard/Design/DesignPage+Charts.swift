// /design: charts.

import HTML
import Resources

extension DesignPage {
  func charts(_ html: inout HTMLWriter) {
    specimen(strings["design.charts.line"], &html) { html in
      let written: [Double?] = [812, 790, 1_020, 1_344, nil, 1_101, 998, 905, 1_150, 1_490, 1_620, 1_204]
      let stopped: [Double?] = [12, 9, 31, 44, nil, 18, 22, 9, 14, 61, 40, 12]
      html.add(
        Chart(
          strings["design.ch.messages"], kind: .line, head: strings["design.ch.day"],
          labels: written.indices.map { .time(1_794_268_800 + Int64($0) * 86_400, .date) },
          series: [
            Chart.Series(strings["design.ch.written"], written),
            Chart.Series(strings["design.ch.stopped"], stopped),
          ]))
    }
    specimen(strings["design.charts.bar"], &html) { html in
      html.add(
        Chart(
          strings["design.ch.actions"], kind: .bar, head: strings["design.ch.action"],
          labels: [
            .text(strings["design.t.warn"]), .text(strings["design.t.timeout"]),
            .text(strings["design.t.ban"]), .text(strings["design.t.note"]),
          ], series: [Chart.Series(strings["design.ch.times"], [31, 12.5, 4, 9])]))
    }
    specimen(strings["design.charts.columns"], &html) { html in
      let warned: [Double?] = [3, 0, 5, 8, 2, 0, 0, 4, 12, 9, 1, 2]
      let banned: [Double?] = [0, 0, 1, 2, 0, 0, 0, 1, 4, 0, 0, 1]
      html.add(
        Chart(
          strings["design.ch.actions"], kind: .columns, head: strings["design.ch.day"],
          labels: warned.indices.map { .time(1_794_268_800 + Int64($0) * 86_400, .date) },
          series: [
            Chart.Series(strings["design.t.warn"], warned), Chart.Series(strings["design.t.ban"], banned),
          ]))
    }
  }
}
