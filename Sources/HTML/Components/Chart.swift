// Charts: a table that everybody can read, and a drawing of it where scripts run.

/// Numbers over time or by kind. The table holds them, under a disclosure where they are drawn; but for `columns`, the
/// page must load the chart script (`PageShell.Frame.scripts`).
package struct Chart: HTMLComponent {
  /// How the numbers are drawn.
  package enum Kind: String, Sendable {
    case line, bar
    /// Bars upon one another: parts of a whole.
    case stacked
    /// A line with the ground under it; points alone.
    case area, scatter
    /// Parts of a whole as a disc or a ring: the labels have the colours, and the first series is drawn.
    case pie, doughnut
    /// Bars upon one another that come drawn with the page: for a glance, on pages that should not wait for a script.
    case columns
  }

  /// What a row is about.
  package enum Label: Sendable {
    case text(String)
    /// A day or an instant, written as the reader's region does; seconds since 1970, in UTC.
    case time(Int64, TimeText.Form)
  }

  /// Numbers of one kind. At most six in a chart have a colour of their own.
  package struct Series: Sendable {
    package let name: String
    /// One for each label; nil where nothing is known.
    package let values: [Double?]

    package init(_ name: String, _ values: [Double?]) {
      self.name = name
      self.values = values
    }
  }

  private let title: String
  private let kind: Kind
  private let unit: String?
  private let head: String
  private let labels: [Label]
  private let series: [Series]
  private let showsTitle: Bool

  /// `title`: what the chart shows, in a few words.
  /// `unit`: written behind the numbers, such as `ms`.
  /// `head`: what the labels are, the first column's heading.
  /// `showsTitle`: false where the title stands above the chart already; whoever listens hears it all the same.
  package init(
    _ title: String, kind: Kind, unit: String? = nil, head: String, labels: [Label], series: [Series],
    showsTitle: Bool = true
  ) {
    self.showsTitle = showsTitle
    self.title = title
    self.kind = kind
    self.unit = unit
    self.head = head
    self.labels = labels
    self.series = series
  }

  package func render(into html: inout HTMLWriter) {
    let script = kind == .columns ? nil : kind.rawValue
    html.element(.figure, .class("chart"), .data("chart", script), .data("unit", unit)) { html in
      html.element(.figcaption, .class("chart-head")) { html in
        html.element(.span, .class(showsTitle ? "chart-title" : "visually-hidden"), text: title)
        legend(&html)
      }
      if kind == .columns {
        html.element(.div, .class("chart-columns"), .ariaHidden()) { html in columns(&html) }
      } else {
        // The place of the drawing, so that nothing moves when it comes.
        html.element(.div, .class("chart-frame"), .ariaHidden())
      }
      html.element(.details, .class("chart-table")) { html in
        html.element(.summary, text: html.strings[.showNumbers])
        html.element(.div, .class("table-frame"), .tabIndex(0), .role("region"), .ariaLabel(title)) { html in
          table(&html)
        }
      }
    }
  }

  /// What has which colour: the series, or the labels of a disc.
  private func legend(_ html: inout HTMLWriter) {
    let isDisc = kind == .pie || kind == .doughnut
    let count = isDisc ? labels.count : series.count
    html.element(.ul, .class("chart-legend"), .hidden(count < 2 && kind != .columns)) { html in
      for index in 0..<count {
        html.element(.li) { html in
          html.element(.span, .class("chart-key chart-\(index % 6 + 1)"), .ariaHidden())
          html.element(.span) { html in
            if isDisc { write(labels[index], into: &html) } else { html.text(series[index].name) }
          }
        }
      }
    }
  }

  private func columns(_ html: inout HTMLWriter) {
    let (step, gap, height) = (10, 2, 100)
    let sums = labels.indices.map { index in
      series.reduce(0) { $0 + max(0, index < $1.values.count ? $1.values[index] ?? 0 : 0) }
    }
    let highest = sums.max() ?? 0
    html.element(.span, .class("chart-most"), text: Self.text(highest))
    html.element(
      .svg, .class("chart-drawing"), .viewBox(width: max(1, labels.count) * step, height: height),
      .preserveAspectRatio("none")
    ) { html in
      for index in labels.indices where sums[index] > 0 {
        // From sums, so that parts upon one another end where the whole does.
        var (sum, floor) = (0.0, height)
        for (number, one) in series.enumerated() where index < one.values.count {
          sum += max(0, one.values[index] ?? 0)
          let top = height - Int((sum / highest * Double(height)).rounded(.up))
          guard top < floor else { continue }
          html.element(
            .rect, .class("chart-\(number % 6 + 1)"), .x(index * step + gap / 2), .y(top), .width(step - gap),
            .height(floor - top))
          floor = top
        }
      }
    }
    guard let first = labels.first, let last = labels.last else { return }
    html.element(.span, .class("chart-ends")) { html in
      html.element(.span) { html in write(first, into: &html) }
      html.element(.span) { html in write(last, into: &html) }
    }
  }

  private func table(_ html: inout HTMLWriter) {
    html.element(.table, .class("table")) { html in
      html.element(.thead) { html in
        html.element(.tr) { html in
          html.element(.th, .scope("col"), text: head)
          for one in series { html.element(.th, .scope("col"), .class("numeric"), text: one.name) }
        }
      }
      html.element(.tbody) { html in
        for (index, label) in labels.enumerated() {
          html.element(.tr) { html in
            html.element(.th, .scope("row")) { html in write(label, into: &html) }
            for one in series {
              let value = index < one.values.count ? one.values[index] : nil
              html.element(
                .td, .class("numeric"), .data("value", value.map { "\($0)" }),
                text: value.map(Self.text) ?? "–")
            }
          }
        }
      }
    }
  }

  private func write(_ label: Label, into html: inout HTMLWriter) {
    switch label {
    case .text(let text): html.text(text)
    case .time(let seconds, let form): html.add(TimeText(secondsSince1970: seconds, form))
    }
  }

  /// Whole numbers without a point, others with at most two digits behind it.
  private static func text(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "–" }
    let hundredths = Int64((value * 100).rounded())
    let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    return "\(sign)\(whole)." + (rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)")
  }
}
