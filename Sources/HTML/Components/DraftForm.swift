// A form that guards what was typed into it.

/// A form of settings. Its bar with "Save" shows when something was changed; leaving with changes asks first; what
/// was typed survives a reload. Without scripts it is a form with a button.
package struct DraftForm: HTMLComponent {
  private let id: ElementID
  private let target: PostTarget
  private let isUnsaved: Bool
  private let content: HTMLContent

  /// `id`: one of its own for each form of the site, since the draft is kept under it and the page's address.
  /// `isUnsaved`: the values come from a form that was refused, so that they are unsaved from the start.
  package init(
    _ id: ElementID, _ target: PostTarget, isUnsaved: Bool = false, content: @escaping HTMLContent
  ) {
    self.id = id
    self.target = target
    self.isUnsaved = isUnsaved
    self.content = content
  }

  package func render(into html: inout HTMLWriter) {
    let question = id.part("leave")
    html.form(
      target, .id(id), .class("draft"), .autocomplete("off"), .data("draft", isUnsaved ? "unsaved" : ""),
      .data("draft-dialog", question.rawValue)
    ) { html in
      // What Enter in a field presses: not the first button of a list.
      html.element(
        .button, .class("visually-hidden"), .type("submit"), .tabIndex(-1), .ariaHidden(),
        text: html.strings[.save])
      offer(&html)
      content(&html)
      bar(&html)
    }
    html.add(
      Dialog(
        question, title: html.strings[.leaveTitle],
        actions: { html in
          html.add(Button(html.strings[.stay], act: .closeDialog))
          html.add(Button(html.strings[.leave], kind: .danger, act: .submit(value: "leave")))
        }
      ) { html in html.element(.p, text: html.strings[.leaveText]) })
  }

  private func offer(_ html: inout HTMLWriter) {
    html.element(.div, .class("banner draft-offer tone-info"), .hidden(), .data("draft-offer")) { html in
      html.add(Icon.info)
      html.element(.p, text: html.strings[.draftFound])
      html.element(.div, .class("actions")) { html in
        html.add(Button(html.strings[.forgetDraft], act: .script([.data("draft-forget")])).small())
        html.add(Button(html.strings[.restoreDraft], act: .script([.data("draft-restore")])).small())
      }
    }
  }

  private func bar(_ html: inout HTMLWriter) {
    html.element(.div, .class("draft-bar"), .data("draft-bar")) { html in
      html.element(
        .p, .role("status"), .data("unsaved", html.strings[.unsavedChanges]))
      html.add(
        Button(
          html.strings[.discardChanges], kind: .quiet, act: .script([.hidden(), .data("draft-discard")])))
      html.add(Button(html.strings[.save], kind: .primary, act: .submit()))
    }
  }
}
