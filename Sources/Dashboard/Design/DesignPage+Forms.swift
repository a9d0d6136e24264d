// /design: what scripts add to forms.

import HTML
import Resources

extension DesignPage {
  func forms(_ html: inout HTMLWriter) {
    specimen(strings["design.forms.switch"], &html) { html in
      html.element(.div, .class("stack")) { html in
        html.add(
          SwitchForm(
            PostTarget("/design/accepting", hidden: [("csrf", "example")]),
            Field("spam", label: strings["design.fo.spam"], help: strings["design.fo.spam.help"]), isOn: true,
            done: (strings["design.fo.spam.on"], strings["design.fo.spam.off"])))
        html.add(
          SwitchForm(
            PostTarget("/design/refusing", hidden: [("csrf", "example")]),
            Field("invites", label: strings["design.fo.locked"], help: strings["design.fo.locked.help"]),
            isOn: false))
      }
    }
    specimen(strings["design.forms.picker"], &html) { html in
      html.element(.div, .class("form-grid")) { html in pickers(&html) }
    }
    specimen(strings["design.forms.draft"], &html) { html in
      html.add(
        DraftForm("design-draft", PostTarget("/design/accepting", hidden: [("csrf", "example")])) { html in
          html.add(
            TextInput(Field("list", label: strings["design.fo.name"]), value: strings["design.fo.name.value"])
          )
          rules(&html)
        })
    }
  }

  private func pickers(_ html: inout HTMLWriter) {
    let text = ["welcome", "general", "help", "showcase", "announcements", "mod-log", "audit", "off-topic"]
    html.add(
      Picker(
        Field("log", label: strings["design.fo.channel"], help: strings["design.f.channel.help"]),
        groups: [
          Picker.Group(nil, [Picker.Option("", label: strings["design.fo.channel.none"])]),
          Picker.Group(
            strings["design.fo.text"],
            text.map {
              Picker.Option(
                $0, label: $0, mark: .textChannel,
                hint: $0 == "announcements" ? strings["design.fo.readOnly"] : nil,
                isDisabled: $0 == "announcements")
            }),
          Picker.Group(
            strings["design.fo.voice"],
            ["Lounge", "Stage"].map { Picker.Option($0, label: $0, mark: .voiceChannel) }),
        ], selected: ["mod-log"]))
    let roles: [(String, UInt32?)] = [
      ("Owner", 0xE3_B55A), ("Moderator", 0x2ECC71), ("Helper", 0x3498DB), ("Artist", 0xE91E63),
      ("Musician", 0x9B59B6), ("Night shift", 0x11806A), ("Booster", 0xF47FFF), ("Member", nil),
      ("Newcomer", nil), ("Bots", 0x607D8B),
    ]
    html.add(
      Picker(
        Field("exempt", label: strings["design.fo.roles"], help: strings["design.fo.roles.help"]),
        groups: [
          Picker.Group(
            nil, roles.map { Picker.Option($0, label: $0, mark: .role($1.map { HexColor($0) })) })
        ], selected: ["Moderator", "Helper"], isMultiple: true))
  }

  private func rules(_ html: inout HTMLWriter) {
    let examples = [
      (strings["design.fo.rule1"], "2"), (strings["design.fo.rule2"], "5"), (strings["design.fo.rule3"], "1"),
    ]
    html.add(
      ListEditor(
        "rules", label: strings["design.fo.rules"], count: examples.count, maximum: 6,
        addLabel: strings["design.fo.addRule"], empty: strings["design.fo.noRules"]
      ) { path, html in
        let example = Int(path.dropFirst(6).dropLast()).map { examples[$0] }
        html.add(
          TextInput(
            Field("\(path).text", label: strings["design.fo.rule"]), .text(maximum: 100),
            value: example?.0))
        html.add(
          TextInput(
            Field("\(path).points", label: strings["design.fo.points"]), .number(0...10),
            value: example?.1 ?? "1"))
        html.add(Checkbox(Field("\(path).strict", label: strings["design.fo.strict"]), isOn: false))
      })
  }
}
