// The page /design: every component in every state, so that it can be looked at, tested and learnt from.

package import HTML
import Resources

/// Renders `/design`.
package struct DesignPage {
  let resources: DashboardResources
  let theme: Theme?
  let isSidebarCollapsed: Bool
  let strings: StringCatalog

  /// `theme`: what the reader chose; nil follows the system.
  /// `isSidebarCollapsed`: whether the reader keeps the navigation narrow.
  package init(_ resources: DashboardResources, theme: Theme?, isSidebarCollapsed: Bool = false) {
    self.resources = resources
    self.theme = theme
    self.isSidebarCollapsed = isSidebarCollapsed
    strings = resources.english
  }

  /// The whole page as UTF-8.
  package func bytes() -> [UInt8] {
    HTMLWriter.bytes(strings: strings.componentStrings) { html in html.add(shell) }
  }

  private struct Group {
    let id: ElementID
    let title: String
    let lead: String
    let icon: Icon
    var note: String?
    var shortcut: Character?
    let content: HTMLContent
  }

  private var groups: [Group] {
    [
      Group(
        id: "foundations", title: strings["design.foundations.title"],
        lead: strings["design.foundations.lead"],
        icon: .home, content: foundations),
      Group(
        id: "frame", title: strings["design.frame.title"], lead: strings["design.frame.lead"],
        icon: .sidebar, content: frame),
      Group(
        id: "buttons", title: strings["design.buttons.title"],
        lead: strings["design.buttons.lead"],
        icon: .window, content: buttons),
      Group(
        id: "fields", title: strings["design.fields.title"],
        lead: strings["design.fields.lead"],
        icon: .sliders, shortcut: "f", content: fields),
      Group(
        id: "forms", title: strings["design.forms.title"], lead: strings["design.forms.lead"], icon: .edit,
        content: forms),
      Group(
        id: "tables", title: strings["design.tables.title"],
        lead: strings["design.tables.lead"],
        icon: .hash, content: tables),
      Group(
        id: "messages", title: strings["design.messages.title"],
        lead: strings["design.messages.lead"],
        icon: .bell, note: "3", shortcut: "m", content: messages),
      Group(
        id: "live", title: strings["design.live.title"], lead: strings["design.live.lead"], icon: .bolt,
        shortcut: "l", content: live),
      Group(
        id: "charts", title: strings["design.charts.title"], lead: strings["design.charts.lead"],
        icon: .chart, content: charts),
      Group(
        id: "surfaces", title: strings["design.surfaces.title"],
        lead: strings["design.surfaces.lead"],
        icon: .copy, content: surfaces),
      Group(
        id: "chat", title: strings["design.chat.title"], lead: strings["design.chat.lead"], icon: .message,
        content: chat),
      Group(
        id: "history", title: strings["design.history.title"], lead: strings["design.history.lead"],
        icon: .clock, content: history),
      Group(
        id: "documents", title: strings["design.documents.title"], lead: strings["design.documents.lead"],
        icon: .book, content: documents),
      Group(
        id: "details", title: strings["design.details.title"],
        lead: strings["design.details.lead"],
        icon: .plugin, content: details),
      Group(
        id: "strangers", title: strings["design.strangers.title"],
        lead: strings["design.strangers.lead"],
        icon: .shield, content: strangers),
    ]
  }

  private var shell: PageShell {
    PageShell(
      resources.site, title: strings["design.title"], language: strings.language, theme: theme,
      navigation: [
        NavigationGroup(
          strings["design.index"],
          items: groups.map { group in
            NavigationGroup.Item(
              group.title, link: group.id.link, icon: group.icon, note: group.note,
              tone: group.note == nil ? .neutral : .warning, shortcut: group.shortcut)
          })
      ],
      frame: exampleFrame,
      breadcrumb: Breadcrumb([(strings["site.name"], "/")], current: strings["design.title"]),
      footer: { html in html.element(.p, text: strings["design.footer"]) }
    ) { html in
      html.add(PageHeading(strings["design.title"], description: strings["design.lead"]))
      for group in groups {
        html.element(.section, .class("group"), .id(group.id), .ariaLabelledBy(group.id.part("title"))) {
          html in
          html.element(.h2, .id(group.id.part("title")), text: group.title)
          html.element(.p, text: group.lead)
          group.content(&html)
        }
      }
    }
  }

  /// A specimen under its name; on a sheet when it has no ground of its own.
  func specimen(
    _ title: String, onSheet: Bool = true, _ html: inout HTMLWriter, content: (inout HTMLWriter) -> Void
  ) {
    html.element(.div, .class("specimen")) { html in
      html.element(.h3, text: title)
      html.element(.div, .class(onSheet ? "sheet" : "stack"), content: content)
    }
  }
}
