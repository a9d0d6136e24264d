// Getting anywhere by keyboard: the palette, and the page of shortcuts.

/// A dialog that filters links while one types: those of the navigation, and those its source knows. Scripts open it;
/// without them its button is not shown.
package struct CommandPalette: HTMLComponent, Sendable {
  private let source: SafeURL?

  /// `source`: asked once, at the first opening, for `[{"label", "hint", "url", "group"}]`; `hint` and `group` may
  ///   be left out, and only addresses of this site are taken.
  package init(source: SafeURL? = nil) {
    self.source = source
  }

  package func render(into html: inout HTMLWriter) {
    html.element(
      .dialog, .class("palette"), .id("palette"), .ariaLabel(html.strings[.search]),
      .data("palette-source", source?.description)
    ) { html in
      html.element(.div, .class("palette-head")) { html in
        html.add(Icon.search)
        html.void(
          .input, .class("palette-input"), .type("text"), .id("palette-input"), .role("combobox"),
          .ariaLabel(html.strings[.search]), .placeholder(html.strings[.paletteHint]),
          .ariaControls("palette-list"), .ariaExpanded(true), .ariaAutocomplete("list"),
          .autocomplete("off"), .spellcheck(false))
        html.add(KeyHint("Esc"))
      }
      html.element(
        .ul, .class("palette-list"), .id("palette-list"), .role("listbox"),
        .ariaLabel(html.strings[.search]), .data("none", html.strings[.pickerNone]),
        .data("count", html.strings[.pickerCount]))
    }
  }

  /// The button in the bar above the page. Hidden until the script that gives it its meaning has run.
  struct Opener: HTMLComponent {
    func render(into html: inout HTMLWriter) {
      html.element(
        .button, .class("button button-secondary palette-opener"), .type("button"), .hidden(),
        .data("palette-open"), .ariaLabel(html.strings[.search]), .ariaKeyShortcuts("Control+K /")
      ) { html in
        html.add(Icon.search)
        html.element(.span, .class("palette-word"), text: html.strings[.search])
        html.element(.kbd, .ariaHidden(), text: "/")
      }
    }
  }
}

/// The dialog that lists the keys of a page, opened by `?`. Keys of one letter can be switched off in it, for those
/// whose tools press letters by themselves (WCAG 2.1.4).
struct ShortcutsDialog: HTMLComponent {
  let groups: [NavigationGroup]

  func render(into html: inout HTMLWriter) {
    html.add(
      Dialog(
        "shortcuts", title: html.strings[.shortcuts],
        actions: { html in html.add(Button(html.strings[.close], act: .closeDialog)) }
      ) { html in
        html.add(
          DefinitionList(
            [
              (html.strings[.search], { $0.add(KeyHint("/")) }),
              (html.strings[.search], { $0.add(KeyHint("Ctrl", "K")) }),
              (html.strings[.save], { $0.add(KeyHint("Ctrl", "S")) }),
              (html.strings[.shortcuts], { $0.add(KeyHint("?")) }),
            ]
              + groups.flatMap(\.items).compactMap { item in
                item.shortcut.map { key in (item.title, { $0.add(KeyHint("g", String(key))) }) }
              }))
        html.add(
          Switch(
            Field(
              "single-keys", label: html.strings[.singleKeys], id: "single-keys",
              help: html.strings[.singleKeysHelp]), isOn: true))
      })
  }
}
