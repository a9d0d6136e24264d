// /design: buttons and form fields.

import HTML
import Resources

extension DesignPage {
  func buttons(_ html: inout HTMLWriter) {
    specimen(strings["design.buttons.kinds"], &html) { html in
      html.element(.div, .class("row")) { html in
        html.add(Button(strings["design.save"], kind: .primary, act: .script([])))
        html.add(Button(strings["design.preview"], act: .script([])))
        html.add(Button(strings["design.discard"], kind: .quiet, act: .script([])))
        html.add(Button(strings["design.deleteServer"], kind: .danger, icon: .trash, act: .script([])))
        html.add(Button(strings["design.readGuide"], icon: .external, act: .follow("#buttons")))
      }
    }
    specimen(strings["design.buttons.states"], &html) { html in
      html.element(.div, .class("row")) { html in
        for kind in Button.Kind.allCases {
          html.add(Button(strings["design.saving"], kind: kind, act: .script([])).busy())
        }
        for kind in Button.Kind.allCases {
          html.add(Button(strings["design.save"], kind: kind, act: .script([])).disabled())
        }
      }
    }
    specimen(strings["design.buttons.small"], &html) { html in
      html.element(.div, .class("row")) { html in
        html.add(Button(strings["design.addRule"], kind: .primary, icon: .plus, act: .script([])).small())
        html.add(Button(strings["design.edit"], icon: .edit, act: .script([])).small())
        html.add(Button(strings["design.delete"], kind: .danger, act: .script([])).small())
        html.add(Button.icon(.edit, label: strings["design.edit"], act: .script([])))
        html.add(Button.icon(.trash, label: strings["design.delete"], kind: .secondary, act: .script([])))
        html.add(Button.icon(.more, label: strings["design.more"], act: .script([])).small())
      }
    }
  }

  func fields(_ html: inout HTMLWriter) {
    specimen(strings["design.fields.text"], &html) { html in
      html.element(.form, .class("form-grid"), .action("/design"), .method(.get)) { html in
        writtenFields(&html)
      }
    }
    specimen(strings["design.fields.choice"], &html) { html in
      html.element(.form, .class("form-grid"), .action("/design"), .method(.get)) { html in
        choiceFields(&html)
      }
    }
    specimen(strings["design.fields.states"], &html) { html in
      html.element(.form, .class("form-grid"), .action("/design"), .method(.get)) { html in stateFields(&html)
      }
    }
  }

  private func writtenFields(_ html: inout HTMLWriter) {
    html.add(
      TextInput(
        Field(
          "nickname", label: strings["design.f.nickname"], help: strings["design.f.nickname.help"],
          isRequired: true),
        .text(maximum: 32), value: "Guildhall"))
    html.add(
      TextInput(
        Field("limit", label: strings["design.f.limit"], help: strings["design.f.limit.help"]),
        .number(3...50), value: "8"))
    html.add(TextInput(Field("link", label: strings["design.f.link"]), .address, placeholder: "https://"))
    html.add(
      TextInput(
        Field("starts", label: strings["design.f.starts"], help: strings["design.f.starts.help"]),
        .dateTime(),
        value: "2026-11-21T20:00"))
    html.add(
      SecretInput(
        Field("token", label: strings["design.f.token"], help: strings["design.f.token.help"]), isSet: true))
    html.add(
      TextInput(Field("colour", label: strings["design.f.colour"]), .color, value: "#1d6a4f"))
    html.add(
      TextArea(
        Field("welcome", label: strings["design.f.welcome"], help: strings["design.f.welcome.help"]),
        value: strings["design.f.welcome.value"], maximum: 2000))
  }

  private func choiceFields(_ html: inout HTMLWriter) {
    html.add(
      SelectInput(
        Field("channel", label: strings["design.f.channel"], help: strings["design.f.channel.help"]),
        choices: [
          Choice("1", label: "#mod-log"), Choice("2", label: "#audit"),
          Choice("3", label: "#general", isDisabled: true),
        ], selected: "1"))
    html.add(
      RadioGroup(
        Field("action", label: strings["design.f.action"]),
        choices: [
          Choice("warn", label: strings["design.f.action.warn"], help: strings["design.f.action.warn.help"]),
          Choice(
            "timeout", label: strings["design.f.action.timeout"],
            help: strings["design.f.action.timeout.help"]),
          Choice(
            "ban", label: strings["design.f.action.ban"], help: strings["design.f.action.ban.help"],
            isDisabled: true),
        ], selected: "warn"))
    html.element(.div, .class("stack")) { html in
      html.add(
        Switch(
          Field("automod", label: strings["design.f.automod"], help: strings["design.f.automod.help"]),
          isOn: true))
      html.add(Switch(Field("raid", label: strings["design.f.raid"]), isOn: false))
      html.add(Checkbox(Field("bots", label: strings["design.f.bots"]), isOn: true))
      html.add(
        Checkbox(
          Field(
            "moderators", label: strings["design.f.moderators"], help: strings["design.f.moderators.help"]),
          isOn: false))
    }
  }

  private func stateFields(_ html: inout HTMLWriter) {
    html.add(
      TextInput(
        Field(
          "prefix", label: strings["design.f.prefix"], help: strings["design.f.prefix.help"],
          error: strings["design.f.prefix.error"], isRequired: true), value: "!!guild!!"))
    html.add(
      SelectInput(
        Field("role", label: strings["design.f.role"], error: strings["design.f.role.error"]),
        choices: [Choice("1", label: "Moderator"), Choice("2", label: "Member")], selected: "1"))
    html.add(
      TextInput(
        Field("locked", label: strings["design.f.locked"], isDisabled: true), value: "81384788765712384"))
    html.add(
      SecretInput(Field("locked-token", label: strings["design.f.token"], isDisabled: true), isSet: true))
    html.element(.div, .class("stack")) { html in
      html.add(
        Switch(
          Field(
            "locked-on", label: strings["design.f.lockedOn"], help: strings["design.f.lockedOn.help"],
            isDisabled: true), isOn: true))
      html.add(
        Switch(Field("locked-off", label: strings["design.f.lockedOff"], isDisabled: true), isOn: false))
      html.add(
        Checkbox(
          Field(
            "terms", label: strings["design.f.terms"], error: strings["design.f.terms.error"],
            isRequired: true), isOn: false))
    }
    html.add(
      TextArea(
        Field("reason", label: strings["design.f.reason"], error: strings["design.f.reason.error"]),
        value: "", maximum: 512, rows: 3))
  }
}
