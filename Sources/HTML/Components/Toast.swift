// Toasts: short messages at the corner, with a way back.

/// Says what was just done. Scripts show their own; this one comes with the page, after a form was sent.
package struct Toast: HTMLComponent {
  private let tone: Tone
  private let text: String
  private let undo: PostTarget?

  /// `undo`: posted to take back what was done.
  package init(_ tone: Tone, _ text: String, undo: PostTarget? = nil) {
    self.tone = tone
    self.text = text
    self.undo = undo
  }

  package func render(into html: inout HTMLWriter) {
    html.element(
      .div, .class("notice toast tone-\(tone.rawValue)"), .role(tone == .error ? "alert" : "status")
    ) { html in
      html.element(.p, .class("notice-body"), text: text)
      if let undo {
        html.form(undo) { html in
          html.add(Button(html.strings[.undo], act: .submit()).small())
        }
      }
      html.element(
        .button, .class("button button-quiet button-small"), .type("button"), .hidden(), .data("dismiss"),
        text: html.strings[.dismiss])
    }
  }
}

/// A switch that acts when it is pressed. The script sends the form and shows the new state at once; when the server
/// refuses, it goes back and says why. Without scripts a button sends the form.
package struct SwitchForm: HTMLComponent {
  private let target: PostTarget
  private let field: Field
  private let isOn: Bool
  private let done: (on: String, off: String)?

  /// `target`: gets the field's name with `on`, or without it when off. To `Accept: application/json` it answers
  ///   with 2xx, or with `{"error":{"message":…}}`.
  /// `done`: what a toast says after either, with a way back.
  package init(_ target: PostTarget, _ field: Field, isOn: Bool, done: (on: String, off: String)? = nil) {
    self.target = target
    self.field = field
    self.isOn = isOn
    self.done = done
  }

  package func render(into html: inout HTMLWriter) {
    html.form(
      target, .class("switch-form"), .data("optimistic"), .data("failed", html.strings[.notSaved]),
      .data("undo-label", html.strings[.undo]), .data("done-on", done?.on), .data("done-off", done?.off)
    ) { html in
      html.add(Switch(field, isOn: isOn))
      html.add(
        Button(html.strings[.apply], act: .submit()).small().with(.data("without-script")))
    }
  }
}
