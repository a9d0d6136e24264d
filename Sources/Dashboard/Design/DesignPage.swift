// The page /design: every component in every state, so that it can be looked at, tested and learnt from.

package import HTML

/// Renders `/design`.
package struct DesignPage {
  let resources: DashboardResources
  let theme: Theme?
  let strings: StringCatalog

  /// `theme`: what the reader chose; nil follows the system.
  package init(_ resources: DashboardResources, theme: Theme?) {
    self.resources = resources
    self.theme = theme
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
    let content: HTMLContent
  }

  private var groups: [Group] {
    [
      Group(
        id: "foundations", title: strings["design.foundations.title"],
        lead: strings["design.foundations.lead"],
        icon: .home, content: foundations),
      Group(
        id: "buttons", title: strings["design.buttons.title"],
        lead: strings["design.buttons.lead"],
        icon: .window, content: buttons),
      Group(
        id: "fields", title: strings["design.fields.title"],
        lead: strings["design.fields.lead"],
        icon: .sliders, content: fields),
      Group(
        id: "tables", title: strings["design.tables.title"],
        lead: strings["design.tables.lead"],
        icon: .hash, content: tables),
      Group(
        id: "messages", title: strings["design.messages.title"],
        lead: strings["design.messages.lead"],
        icon: .bell, content: messages),
      Group(
        id: "surfaces", title: strings["design.surfaces.title"],
        lead: strings["design.surfaces.lead"],
        icon: .copy, content: surfaces),
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
          items: groups.map { NavigationGroup.Item($0.title, link: $0.id.link, icon: $0.icon) })
      ],
      breadcrumb: Breadcrumb([(strings["site.name"], "/")], current: strings["design.title"]),
      footer: { html in html.element(.p, text: strings["design.footer"]) }
    ) { html in
      html.element(.div, .class("page-title")) { html in
        html.element(.h1, text: strings["design.title"])
        html.element(.p, text: strings["design.lead"])
      }
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
