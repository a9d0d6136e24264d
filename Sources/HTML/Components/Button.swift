// Buttons, and links that look like them.

/// Something to press. Says what will happen in one or two words; a destructive one says what is destroyed.
package struct Button: HTMLComponent {
  /// How much the button asks for attention. One primary button on a page.
  package enum Kind: String, Sendable, CaseIterable {
    case primary, secondary, quiet, danger
  }

  /// What pressing does.
  package enum Act: Sendable {
    /// Sends the form around it, with the name and value if given.
    case submit(name: String? = nil, value: String? = nil)
    /// Nothing by itself; a script of ours finds the button by its data attributes.
    case script([HTMLAttribute])
    /// Goes to an address.
    case follow(SafeURL)
    /// Shows a `Dialog`.
    case open(ElementID)
    /// Closes the dialog whose `method="dialog"` form the button stands in.
    case closeDialog
  }

  private let label: String
  private let kind: Kind
  private let icon: Icon?
  private let act: Act
  private var isLabelHidden = false
  private var isDisabled = false
  private var isBusy = false
  private var isSmall = false
  private var more: [HTMLAttribute] = []

  package init(_ label: String, kind: Kind = .secondary, icon: Icon? = nil, act: Act) {
    self.label = label
    self.kind = kind
    self.icon = icon
    self.act = act
  }

  /// A square button that shows only its icon; the label is for assistive technology and the tooltip.
  package static func icon(_ icon: Icon, label: String, kind: Kind = .quiet, act: Act) -> Button {
    var button = Button(label, kind: kind, icon: icon, act: act)
    button.isLabelHidden = true
    return button
  }

  /// The button while it cannot be used. Say beside it why.
  package func disabled(_ isDisabled: Bool = true) -> Button {
    var button = self
    button.isDisabled = isDisabled
    return button
  }

  /// The button while its work is being done: it keeps its size and cannot be pressed again.
  package func busy(_ isBusy: Bool = true) -> Button {
    var button = self
    button.isBusy = isBusy
    return button
  }

  /// The button in rows of tables and other close places.
  package func small() -> Button {
    var button = self
    button.isSmall = true
    return button
  }

  /// The button with data attributes that a script of ours looks for, beside what pressing it does.
  package func with(_ attributes: HTMLAttribute...) -> Button {
    var button = self
    button.more += attributes
    return button
  }

  package func render(into html: inout HTMLWriter) {
    var classes = "button button-\(kind.rawValue)"
    if isLabelHidden { classes += " button-icon" }
    if isSmall { classes += " button-small" }
    var attributes: [HTMLAttribute] = [.class(classes)]
    if isLabelHidden { attributes += [.ariaLabel(label), .title(label)] }
    attributes += more
    let isInert = isDisabled || isBusy
    if case .follow(let address) = act, !isInert {
      html.element(.a, attributes: attributes + [.href(address)], content: content)
    } else {
      attributes += actAttributes + [.disabled(isInert), .ariaBusy(isBusy)]
      html.element(.button, attributes: attributes, content: content)
    }
  }

  private var actAttributes: [HTMLAttribute] {
    switch act {
    case .submit(let name, let value): [.type("submit"), .name(name), .value(value)]
    case .script(let attributes): [.type("button")] + attributes
    case .follow: [.type("button")]
    case .open(let dialog): [.type("button"), .commandFor(dialog), .command("show-modal")]
    // The only button of a dialog form that skips validation is the one that gives up.
    case .closeDialog: [.type("submit"), .value("close")]
    }
  }

  private func content(_ html: inout HTMLWriter) {
    if isBusy { html.element(.span, .class("busy-mark"), .ariaHidden()) }
    if let icon, !isBusy { html.add(icon) }
    if !isLabelHidden { html.element(.span, text: label) }
  }
}
