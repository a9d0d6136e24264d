// The attributes an element may carry: a typed vocabulary, without style and without event handlers.

/// An attribute with its value. The set is closed but for `data-…`; values are escaped by the writer.
package struct HTMLAttribute: Sendable {
  enum Value: Sendable {
    /// The attribute is left out.
    case absent
    /// The attribute stands for itself: `disabled`.
    case present
    case text(String)
  }

  let prefix: StaticString?
  let name: StaticString
  let value: Value

  private init(_ name: StaticString, _ value: String?, prefix: StaticString? = nil) {
    self.prefix = prefix
    self.name = name
    self.value = value.map { .text($0) } ?? .absent
  }

  private init(_ name: StaticString, if isPresent: Bool) {
    prefix = nil
    self.name = name
    value = isPresent ? .present : .absent
  }

  private init(_ name: StaticString, ids: [ElementID], prefix: StaticString? = nil) {
    self.init(name, ids.isEmpty ? nil : ids.map(\.rawValue).joined(separator: " "), prefix: prefix)
  }

  /// The attribute if the condition holds, else nothing.
  package func when(_ condition: Bool) -> HTMLAttribute {
    condition ? self : HTMLAttribute(name, nil)
  }
}

// MARK: - Global

extension HTMLAttribute {
  /// The class names, separated by spaces.
  package static func `class`(_ names: String) -> HTMLAttribute { .init("class", names) }
  package static func id(_ id: ElementID?) -> HTMLAttribute { .init("id", id?.rawValue) }
  /// A BCP 47 language tag.
  package static func lang(_ tag: String) -> HTMLAttribute { .init("lang", tag) }
  package static func dir(_ direction: TextDirection) -> HTMLAttribute { .init("dir", direction.rawValue) }
  package static func title(_ text: String?) -> HTMLAttribute { .init("title", text) }
  package static func hidden(_ isOn: Bool = true) -> HTMLAttribute { .init("hidden", if: isOn) }
  /// 0 puts the element into the order of the Tab key, -1 lets only scripts and fragments focus it.
  package static func tabIndex(_ index: Int) -> HTMLAttribute { .init("tabindex", String(index)) }
  package static func autofocus(_ isOn: Bool = true) -> HTMLAttribute { .init("autofocus", if: isOn) }
  /// Makes the element a popover, which a button with `popoverTarget` shows and hides without a script.
  package static var popover: HTMLAttribute { .init("popover", "auto") }

  /// A `data-` attribute for our scripts. The key is lower-case letters, digits and `-`.
  package static func data(_ key: StaticString, _ value: String? = "") -> HTMLAttribute {
    precondition(
      key.withUTF8Buffer { bytes in
        !bytes.isEmpty
          && bytes.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-")
              || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          }
      }, "a data key is lower-case letters, digits and hyphens")
    return .init(key, value, prefix: "data-")
  }
}

/// The direction a text runs in.
package enum TextDirection: String, Sendable {
  case leftToRight = "ltr"
  case rightToLeft = "rtl"
  case automatic = "auto"
}

// MARK: - Links, documents, drawings

extension HTMLAttribute {
  /// Attributes of links and pictures; `width` and `height` are in CSS pixels.
  package static func href(_ url: SafeURL) -> HTMLAttribute { .init("href", url.description) }
  package static func src(_ url: SafeURL) -> HTMLAttribute { .init("src", url.description) }
  package static func rel(_ value: StaticString) -> HTMLAttribute { .init("rel", value.description) }
  package static func alt(_ text: String) -> HTMLAttribute { .init("alt", text) }
  package static func charset(_ value: StaticString) -> HTMLAttribute { .init("charset", value.description) }
  package static func content(_ text: String) -> HTMLAttribute { .init("content", text) }
  package static func width(_ pixels: Int) -> HTMLAttribute { .init("width", String(pixels)) }
  package static func height(_ pixels: Int) -> HTMLAttribute { .init("height", String(pixels)) }
  /// Lets the browser fetch the picture only when it comes near.
  package static var lazyLoading: HTMLAttribute { .init("loading", "lazy") }
  /// An instant in the form `time` elements take, such as `2026-11-21T08:00:00Z`.
  package static func dateTime(_ text: String) -> HTMLAttribute { .init("datetime", text) }
  /// The number a list begins with; nil leaves it out.
  package static func start(_ number: Int?) -> HTMLAttribute { .init("start", number.map { String($0) }) }
  package static func open(_ isOn: Bool = true) -> HTMLAttribute { .init("open", if: isOn) }

  /// The part of the drawing that is shown: left, top, width and height, in user units.
  package static func viewBox(_ box: StaticString) -> HTMLAttribute { .init("viewBox", box.description) }
  /// From the origin, in user units.
  package static func viewBox(width: Int, height: Int) -> HTMLAttribute {
    .init("viewBox", "0 0 \(width) \(height)")
  }
  /// Left and upper edge of a shape, in user units.
  package static func x(_ x: Int) -> HTMLAttribute { .init("x", String(x)) }
  package static func y(_ y: Int) -> HTMLAttribute { .init("y", String(y)) }
  /// `none` stretches the drawing to its frame.
  package static func preserveAspectRatio(_ kind: StaticString) -> HTMLAttribute {
    .init("preserveAspectRatio", kind.description)
  }
  /// The outline of a path.
  package static func outline(_ d: StaticString) -> HTMLAttribute { .init("d", d.description) }
  package static func centerX(_ x: Int) -> HTMLAttribute { .init("cx", String(x)) }
  package static func centerY(_ y: Int) -> HTMLAttribute { .init("cy", String(y)) }
  /// The colour a shape is filled with, which is how a colour from outside is shown without a style.
  package static func fill(_ color: HexColor) -> HTMLAttribute { .init("fill", color.description) }
  package static func radius(_ r: Int) -> HTMLAttribute { .init("r", String(r)) }
}

// MARK: - Frames

extension HTMLAttribute {
  /// What a document in a frame may do; what is not named, it may not.
  package static func sandbox(_ allowed: StaticString) -> HTMLAttribute {
    .init("sandbox", allowed.description)
  }
  /// What a document in a frame tells others of where it is.
  package static func referrerPolicy(_ policy: StaticString) -> HTMLAttribute {
    .init("referrerpolicy", policy.description)
  }
}

// MARK: - Tables

extension HTMLAttribute {
  /// What a header cell heads (`row`, `col`), and how many columns a cell spans.
  package static func scope(_ scope: StaticString) -> HTMLAttribute { .init("scope", scope.description) }
  package static func columnSpan(_ count: Int) -> HTMLAttribute { .init("colspan", String(count)) }
}

// MARK: - Forms

extension HTMLAttribute {
  /// Where a form goes and how.
  package static func action(_ url: SafeURL) -> HTMLAttribute { .init("action", url.description) }
  package static func method(_ method: FormMethod) -> HTMLAttribute { .init("method", method.rawValue) }
  /// The form is sent as `multipart/form-data`, for files.
  package static var multipart: HTMLAttribute { .init("enctype", "multipart/form-data") }
  package static func `for`(_ id: ElementID) -> HTMLAttribute { .init("for", id.rawValue) }
  /// The form an element outside of it belongs to.
  package static func form(_ id: ElementID) -> HTMLAttribute { .init("form", id.rawValue) }
  package static func type(_ type: StaticString) -> HTMLAttribute { .init("type", type.description) }
  package static func name(_ name: String?) -> HTMLAttribute { .init("name", name) }
  package static func value(_ value: String?) -> HTMLAttribute { .init("value", value) }
  package static func placeholder(_ text: String?) -> HTMLAttribute { .init("placeholder", text) }
  package static func autocomplete(_ kind: StaticString?) -> HTMLAttribute {
    .init("autocomplete", kind?.description)
  }
  /// The keyboard a phone shows, such as `numeric`.
  package static func inputMode(_ mode: StaticString) -> HTMLAttribute {
    .init("inputmode", mode.description)
  }
  /// Bounds and step of a number or date, written as the type of the input takes them; nil leaves them out.
  package static func minimum(_ value: String?) -> HTMLAttribute { .init("min", value) }
  package static func maximum(_ value: String?) -> HTMLAttribute { .init("max", value) }
  package static func step(_ value: String?) -> HTMLAttribute { .init("step", value) }
  /// Counted in UTF-16 code units, as browsers do.
  package static func maximumLength(_ units: Int?) -> HTMLAttribute {
    .init("maxlength", units.map { String($0) })
  }
  package static func rows(_ count: Int) -> HTMLAttribute { .init("rows", String(count)) }
  /// Written as `true` or `false`; those up to `multiple` are present or absent, `label` is an option's text.
  package static func spellcheck(_ isOn: Bool) -> HTMLAttribute { .init("spellcheck", String(isOn)) }
  package static func required(_ isOn: Bool = true) -> HTMLAttribute { .init("required", if: isOn) }
  package static func disabled(_ isOn: Bool = true) -> HTMLAttribute { .init("disabled", if: isOn) }
  package static func readOnly(_ isOn: Bool = true) -> HTMLAttribute { .init("readonly", if: isOn) }
  package static func checked(_ isOn: Bool = true) -> HTMLAttribute { .init("checked", if: isOn) }
  package static func selected(_ isOn: Bool = true) -> HTMLAttribute { .init("selected", if: isOn) }
  package static func multiple(_ isOn: Bool = true) -> HTMLAttribute { .init("multiple", if: isOn) }
  /// The form is sent without the browser's own checks, for buttons that change the form itself.
  package static func formNoValidate(_ isOn: Bool = true) -> HTMLAttribute {
    .init("formnovalidate", if: isOn)
  }
  /// Where this button sends the form, in place of the form's own address.
  package static func formAction(_ url: SafeURL) -> HTMLAttribute { .init("formaction", url.description) }
  /// The text of an option or of a group of options.
  package static func label(_ text: String) -> HTMLAttribute { .init("label", text) }

  /// The popover a button shows and hides.
  package static func popoverTarget(_ id: ElementID) -> HTMLAttribute { .init("popovertarget", id.rawValue) }
  /// The element a button commands, together with `command`.
  package static func commandFor(_ id: ElementID?) -> HTMLAttribute { .init("commandfor", id?.rawValue) }
  package static func command(_ command: StaticString) -> HTMLAttribute {
    .init("command", command.description)
  }
}

/// How a form is sent.
package enum FormMethod: String, Sendable {
  case get, post
  /// Closes the dialog around the form without a request.
  case dialog
}

// MARK: - Accessibility

extension HTMLAttribute {
  /// The role (WAI-ARIA), and a name in place of visible words; nil leaves the name out.
  package static func role(_ role: StaticString) -> HTMLAttribute { .init("role", role.description) }
  package static func ariaLabel(_ text: String?) -> HTMLAttribute { .init("label", text, prefix: "aria-") }
  /// The elements whose words are the name of this one, in that order; none leaves it out.
  package static func ariaLabelledBy(_ ids: ElementID...) -> HTMLAttribute {
    .init("labelledby", ids: ids, prefix: "aria-")
  }
  /// The elements that say more, such as hint and error of a field; none leaves it out.
  package static func ariaDescribedBy(_ ids: [ElementID]) -> HTMLAttribute {
    .init("describedby", ids: ids, prefix: "aria-")
  }
  /// The element this one shows, hides or changes.
  package static func ariaControls(_ id: ElementID) -> HTMLAttribute {
    .init("controls", id.rawValue, prefix: "aria-")
  }
  /// The value was refused; left out when false.
  package static func ariaInvalid(_ isOn: Bool) -> HTMLAttribute {
    .init("invalid", isOn ? "true" : nil, prefix: "aria-")
  }
  /// Kept from assistive technology, as decoration is; left out when false.
  package static func ariaHidden(_ isOn: Bool = true) -> HTMLAttribute {
    .init("hidden", isOn ? "true" : nil, prefix: "aria-")
  }
  /// The content is being replaced; left out when false.
  package static func ariaBusy(_ isOn: Bool) -> HTMLAttribute {
    .init("busy", isOn ? "true" : nil, prefix: "aria-")
  }
  /// Not to be used, but still reachable by keyboard, unlike `disabled`; left out when false.
  package static func ariaDisabled(_ isOn: Bool) -> HTMLAttribute {
    .init("disabled", isOn ? "true" : nil, prefix: "aria-")
  }
  /// `list` or `none`: whether what is typed narrows a list.
  package static func ariaAutocomplete(_ kind: StaticString) -> HTMLAttribute {
    .init("autocomplete", kind.description, prefix: "aria-")
  }
  /// Keys that press the control, such as `Control+K`.
  package static func ariaKeyShortcuts(_ keys: StaticString) -> HTMLAttribute {
    .init("keyshortcuts", keys.description, prefix: "aria-")
  }
  /// The state of a toggle; `false` is written too, since it is what makes the button a toggle.
  package static func ariaPressed(_ isOn: Bool) -> HTMLAttribute {
    .init("pressed", String(isOn), prefix: "aria-")
  }
  /// Whether what the control opens is open; `false` is written too.
  package static func ariaExpanded(_ isOn: Bool) -> HTMLAttribute {
    .init("expanded", String(isOn), prefix: "aria-")
  }
  /// Whether what lies behind is out of reach; `false` is written too.
  package static func ariaModal(_ isOn: Bool) -> HTMLAttribute {
    .init("modal", String(isOn), prefix: "aria-")
  }
  /// `page`, `step`, `location`, `date` or `true`: the one of a set that is the present one.
  package static func ariaCurrent(_ kind: StaticString?) -> HTMLAttribute {
    .init("current", kind?.description, prefix: "aria-")
  }
  /// `ascending`, `descending` or `none`.
  package static func ariaSort(_ order: StaticString?) -> HTMLAttribute {
    .init("sort", order?.description, prefix: "aria-")
  }
  /// `polite` or `assertive`: changes are read out.
  package static func ariaLive(_ politeness: StaticString) -> HTMLAttribute {
    .init("live", politeness.description, prefix: "aria-")
  }
}
