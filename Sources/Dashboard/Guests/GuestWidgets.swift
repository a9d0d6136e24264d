// A plugin's widgets as HTML of the design system.

package import HTML
import PlatformAccess
import Resources
package import SandboxArtifacts

/// Writes widgets. Whatever comes from the plugin is text: it names no element, no attribute, no address that was not
/// checked.
package struct GuestWidgets: Sendable {
  package let context: GuestContext

  package init(_ context: GuestContext) { self.context = context }

  /// Writes one widget in its place of the grid.
  ///
  /// `data`: what its handler answered; nil while it is on its way.
  /// `inner`: the data of widgets in a container.
  package func write(
    _ widget: GuestWidget, _ data: GuestWidgetData?, inner: (GuestWidget) -> GuestWidgetData? = { _ in nil },
    into html: inout HTMLWriter
  ) {
    guard context.role >= widget.role else { return }
    let isHidden = context.hidden.contains(widget.id)
    html.element(
      .div, .class("guest-widget guest-\(widget.width.rawValue)"), .id(Self.id(widget)),
      .data("guest-widget", widget.id),
      .data("guest-height", widget.height?.rawValue),
      .data("refresh-seconds", context.refreshSeconds(of: widget).map { "\($0)" }), .hidden(isHidden)
    ) { html in
      // Its place stays, for when its condition holds.
      if isHidden { return }
      body(widget, data ?? Self.ownData(widget), inner, &html)
    }
  }

  /// Writes the widgets of a page or container, those that the viewer may see.
  package func write(
    _ widgets: [GuestWidget], data: (GuestWidget) -> GuestWidgetData?, into html: inout HTMLWriter
  ) {
    html.element(.div, .class("guest-grid")) { html in
      for widget in widgets { write(widget, data(widget), inner: data, into: &html) }
    }
  }

  static func id(_ widget: GuestWidget) -> ElementID { ElementID("guest-\(widget.id)") }

  /// Widgets without a handler show what the manifest says, or need nothing.
  private static func ownData(_ widget: GuestWidget) -> GuestWidgetData? {
    widget.feed == nil ? GuestWidgetData(inlineOf: widget) : nil
  }

  // MARK: What surrounds a widget's content

  private func body(
    _ widget: GuestWidget, _ data: GuestWidgetData?, _ inner: (GuestWidget) -> GuestWidgetData?,
    _ html: inout HTMLWriter
  ) {
    let isAsked = data == nil && context.ask(widget) != nil
    switch widget.kind {
    case .heading(let text, let level):
      html.element(level == 1 ? .h2 : level == 2 ? .h3 : .h4, .class("guest-heading"), text: text)
    case .divider: html.void(.hr)
    case .section(let section): write(section, inner, &html)
    case .tabs(let tabs): write(tabs, widget, inner, &html)
    case .statCard(let card) where data?.isFailure != true && !isAsked: stat(card, widget, data, &html)
    case .alert where data != nil && data?.isFailure != true: content(widget, data, &html)
    default:
      if widget.title.isEmpty {
        html.element(.div, .class("sheet")) { html in content(widget, data, &html) }
      } else {
        html.element(.section, .class("card")) { html in
          html.element(.header, .class("card-head")) { html in
            html.element(.div, .class("card-title")) { html in html.element(.h2, text: widget.title) }
          }
          html.element(.div, .class("card-body")) { html in content(widget, data, &html) }
        }
      }
    }
  }

  private func content(_ widget: GuestWidget, _ data: GuestWidgetData?, _ html: inout HTMLWriter) {
    if case .failure(let words) = data { return context.failure(words, &html) }
    if case .image(let path) = widget.kind { return image(path, widget, &html) }
    if case .actionButton(let action) = widget.kind { return button(action, widget, &html) }
    guard let data else {
      if let target = context.ask(widget) { return ask(target, widget, &html) }
      return html.add(Skeleton())
    }
    switch (widget.kind, data) {
    case (.chart(let chart), .chart(let labels, let series)): self.chart(chart, widget, labels, series, &html)
    case (.table(let columns), .table(let rows, let total)): table(columns, widget, rows, total, &html)
    case (.form(let form), .values(let values)): GuestFormView(context, widget, form, values).write(&html)
    case (_, .text(let text)): paragraphs(text, &html)
    case (_, .alert(let level, let message)): alert(level, message, widget, &html)
    case (_, .progress(let value, let maximum, let label)): progress(widget, value, maximum, label, &html)
    case (_, .pairs(let pairs)): self.pairs(pairs, &html)
    case (_, .markdown(let text)): markdown(text, widget, &html)
    case (_, .moments(let moments)): self.moments(moments, &html)
    case (_, .badges(let badges)): self.badges(badges, &html)
    case (_, .users(let users)): self.users(users, &html)
    default: context.empty(&html)
    }
  }

  // MARK: Containers

  private func write(
    _ section: GuestWidget.Section, _ inner: (GuestWidget) -> GuestWidgetData?, _ html: inout HTMLWriter
  ) {
    let heading = section.heading
    func words(_ html: inout HTMLWriter) {
      if let description = section.description { html.element(.p, .class("muted"), text: description) }
      write(section.widgets, data: inner, into: &html)
    }
    if section.isCollapsible {
      html.element(.details, .class("guest-section"), .open()) { html in
        html.element(.summary, text: heading ?? context.strings["guest.section"])
        words(&html)
      }
    } else {
      html.element(.section, .class("guest-section")) { html in
        if let heading { html.element(.h2, text: heading) }
        words(&html)
      }
    }
  }

  private func write(
    _ tabs: [GuestWidget.Tab], _ widget: GuestWidget, _ inner: (GuestWidget) -> GuestWidgetData?,
    _ html: inout HTMLWriter
  ) {
    // The panels are written after this function has returned to nobody: their data is looked up now.
    var known: [String: GuestWidgetData] = [:]
    for one in tabs.flatMap(\.widgets) { known[one.id] = inner(one) }
    let data = known
    let label = widget.title.isEmpty ? context.strings["guest.tabs"] : widget.title
    html.add(
      Tabs(
        label,
        panels: tabs.map { tab in
          Tabs.Panel(ElementID("guest-\(widget.id)-tab-\(tab.id)"), title: tab.title) { html in
            write(tab.widgets, data: { data[$0.id] }, into: &html)
          }
        }))
  }
}

extension GuestWidgetData {
  var isFailure: Bool { if case .failure = self { true } else { false } }
}
