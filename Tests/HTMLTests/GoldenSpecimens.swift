// What the goldens are made of: each component once in each of its forms.

import HTML

struct Specimen: Sendable {
  let name: String
  let content: @Sendable (inout HTMLWriter) -> Void
}

let specimens = [
  Specimen(name: "button") { html in
    html.add(Button("Save", kind: .primary, icon: .check, act: .submit(name: "act", value: "save")))
    html.add(Button("Open", act: .open("ask")))
    html.add(Button("Go", kind: .quiet, act: .follow("/go")).small())
    html.add(Button("Wait", kind: .danger, act: .submit()).busy())
    html.add(Button.icon(.edit, label: "Edit \"x\"", act: .script([.data("edit", "1")])).disabled())
    html.add(Button("Gone", act: .follow("/gone")).disabled())
  },
  Specimen(name: "text-fields") { html in
    html.add(
      TextInput(
        Field("name", label: "Name", help: "Help", error: "Wrong", isRequired: true), .text(maximum: 32),
        value: "\"<"))
    html.add(TextInput(Field("count", label: "Count"), .number(1...10), value: "3"))
    html.add(TextInput(Field("when", label: "When"), .dateTime(minimum: "2026-01-01T00:00"), value: nil))
    html.add(TextInput(Field("colour", label: "Colour", isDisabled: true), .color, value: "#000000"))
    html.add(TextArea(Field("text", label: "Text", help: "Help"), value: "</textarea>", maximum: 20))
    html.add(SecretInput(Field("token", label: "Token"), isSet: true))
  },
  Specimen(name: "choice-fields") { html in
    let choices = [Choice("a", label: "A", help: "First"), Choice("b", label: "B", isDisabled: true)]
    html.add(SelectInput(Field("s", label: "S"), choices: choices, selected: "a"))
    html.add(
      RadioGroup(Field("r", label: "R", error: "Choose", isRequired: true), choices: choices, selected: nil))
    html.add(Checkbox(Field("c", label: "C", help: "Help"), isOn: true))
    html.add(Switch(Field("w", label: "W", isDisabled: true), isOn: false))
  },
  Specimen(name: "table") { html in
    html.add(
      Table(
        "People",
        columns: [
          Table.Column("Name", sortLink: "?sort=name", order: .ascending),
          Table.Column("Age", isNumeric: true),
        ],
        rows: [
          Table.Row([{ $0.isolated("<Ada>") }, { $0.text(36) }], actions: { $0.text("…") }),
          Table.Row([{ $0.text("B") }, { $0.text(1) }]),
        ]))
    html.add(
      Table("Nobody", columns: [Table.Column("Name")], rows: [], empty: EmptyState("None", "Add one.")))
  },
  Specimen(name: "surfaces") { html in
    html.add(
      Card("Title", subtitle: "Sub", actions: { $0.text("a") }, footer: { $0.text("f") }) { $0.text("body") })
    html.add(Notice(.error, "Wrong", isDismissible: true) { $0.text("Do this.") })
    html.add(Notice(.info, "So"))
    html.add(EmptyState("None", "Add one.", action: Button("Add", act: .follow("/add"))))
    html.add(
      Dialog("ask", title: "Sure?", actions: { $0.add(Button("No", act: .closeDialog)) }) { $0.text("body") })
    html.add(
      Tabs(
        "Parts",
        panels: [
          Tabs.Panel("one", title: "One") { $0.text("1") }, Tabs.Panel("two", title: "Two") { $0.text("2") },
        ]))
  },
  Specimen(name: "details") { html in
    html.add(Badge("On", .success))
    html.add(StatusDot("Slow", .warning))
    html.add(StatTile("Members", value: "12", change: "1 more", tone: .success, icon: .users))
    html.add(DefinitionList([("Name", { $0.text("value") })]))
    html.add(KeyHint("Ctrl", "K"))
    html.add(Tooltip("tip", term: "term", text: "Words"))
    html.add(Avatar(name: "Ada <Fairweather>"))
    html.add(Avatar(name: "A", picture: "/a.png", size: .large))
    html.add(CodeBlock("code", label: "File", code: "a < b\n"))
    html.add(ProgressBar("bar", label: "Import", done: 1, of: 4))
    html.add(ProgressBar("wait", label: "Wait", done: nil, of: 0))
    html.add(Skeleton(lines: 2))
  },
  Specimen(name: "wayfinding") { html in
    html.add(Breadcrumb([("Home", "/")], current: "Here"))
    html.add(Pagination(current: 5, of: 9) { SafeURL(segments: ["p", String($0)]) })
    html.add(Pagination(current: 0, of: 0) { SafeURL(segments: ["p", String($0)]) })
    html.add(Toolbar("q", action: "/search", searchLabel: "Search", query: "\"x", actions: { $0.text("a") }))
  },
  Specimen(name: "forms") { html in
    let target = PostTarget("/save", hidden: [("csrf", "t")])
    html.add(Toast(.success, "<Saved>", undo: PostTarget("/undo")))
    html.add(SwitchForm(target, Field("on", label: "On"), isOn: true, done: ("Is on.", "Is off.")))
    html.add(
      DraftForm("form", target, isUnsaved: true) { html in
        html.add(
          ListEditor("rules", label: "Rules", count: 1, maximum: 1, addLabel: "Add", empty: "None") {
            path, html in html.add(TextInput(Field("\(path).text", label: "Text")))
          })
      })
    html.add(
      Picker(
        Field("channel", label: "Channel"),
        groups: [
          Picker.Group(nil, [Picker.Option("", label: "None")]),
          Picker.Group(
            "Text",
            [
              Picker.Option("1", label: "<general>", mark: .textChannel, hint: "Read only", isDisabled: true),
              Picker.Option("2", label: "Red", mark: .role(HexColor(0xFF_0000))),
              Picker.Option("3", label: "Plain", mark: .role(nil)),
            ]),
        ], selected: ["2"], isMultiple: true))
  },
  Specimen(name: "live") { html in
    html.add(
      LiveRegion("/events") { html in
        html.add(LiveStatus())
        html.add(LivePart("count") { $0.text("1") })
        html.add(LivePart("import", isBlock: true) { $0.add(ProgressBar("p", label: "P", done: 1, of: 2)) })
        html.add(
          LiveLog("log", label: "Log", lines: [LiveLog.Line(time: 0, label: "A", text: "<b>")], empty: "None")
        )
      })
    for form in [TimeText.Form.date, .time, .dateTime, .relative] {
      html.add(TimeText(secondsSince1970: 1_795_248_125, form))
    }
    html.add(
      Chart(
        "Messages", kind: .line, unit: "ms", head: "Day", labels: [.text("<Mon>"), .time(0, .date)],
        series: [Chart.Series("A", [1, -2.5]), Chart.Series("B", [nil, 0.05])]))
  },
  Specimen(name: "history") { html in
    html.add(
      SettingDifference([
        SettingDifference.Row("Limit", old: "8", new: "<5>"), SettingDifference.Row("A", old: nil, new: "b"),
        SettingDifference.Row("B", old: "b", new: nil),
      ]))
    html.add(
      Timeline([
        Timeline.Entry(
          who: "<Ada>", icon: .key, time: 0, what: { $0.text("did") }, detail: { $0.text("more") }),
        Timeline.Entry(who: nil, icon: .robot, tone: .success, time: 0, what: { $0.text("It did") }),
      ]))
    html.add(
      Checklist([
        Checklist.Item("A", state: .done), Checklist.Item("B", detail: "Why", state: .open),
        Checklist.Item("C", state: .attention, action: Button("Do", act: .follow("/do"))),
      ]))
    html.add(
      FilterBar("F", action: "/cases", apply: "Go", clear: ("All", "/cases"), folds: true) { html in
        html.add(TextInput(Field("from", label: "From"), .date, value: "2026-11-21"))
      })
    html.add(
      FilterBar("F", action: "/cases", apply: "Go", folds: true) { html in
        html.add(TextInput(Field("q", label: "Q"), .search, value: "\""))
      })
  },
  Specimen(name: "message") { html in
    var embed = MessagePreview.Embed()
    embed.color = HexColor(0xFF)
    embed.author = "A"
    embed.title = "<T>"
    embed.link = "https://example.com"
    embed.description = "**d**"
    embed.fields = [("N", "*v*", true), ("M", "w", false)]
    embed.footer = "F"
    embed.image = "/i.png"
    embed.thumbnail = "/t.png"
    html.add(
      MessagePreview(
        author: "<Bot>", content: "Hi <@1>", embeds: [embed, MessagePreview.Embed()],
        rows: [
          [.button("Go", .primary, emoji: "👋"), .button("Site", .link)], [.select(placeholder: "Pick")],
        ]))
  },
  Specimen(name: "frame") { html in
    let site = PageShell.Site(
      name: "Guildhall", home: "/", styleSheet: "/a.css", script: "/a.js", favicon: "/m.svg")
    var frame = PageShell.Frame()
    frame.switcher = ServerSwitcher(name: "<Tea>", detail: "Owner", link: "/servers")
    frame.isSidebarCollapsed = true
    frame.bell = NoticeBell("/notices", unread: 120)
    frame.account = AccountMenu(
      name: "Ada", detail: "Two servers", links: [.init("Servers", link: "/servers", icon: .server)],
      signOut: PostTarget("/sign-out", hidden: [("csrf", "\"t")]))
    frame.banners = { html in
      html.add(
        CookieBanner(
          "Cookies?", policy: ("Policy", "/policy"), answer: PostTarget("/preferences/cookies"),
          accept: "Yes",
          decline: "No"))
      html.add(ViewerBanner())
    }
    frame.scripts = ["/chart.js"]
    frame.palette = CommandPalette(source: "/palette.json")
    frame.toasts = { $0.add(Toast(.success, "Saved")) }
    html.add(
      PageShell(
        site, title: "T", language: "en",
        navigation: [
          NavigationGroup(
            items: [.init("Cases", link: "/c", icon: .gavel, note: "3", tone: .warning, shortcut: "c")])
        ], frame: frame
      ) { html in
        html.add(
          PageHeading("Cases", description: "All", beside: { $0.text("b") }, actions: { $0.text("a") }))
      })
  },
  Specimen(name: "shell") { html in
    let site = PageShell.Site(
      name: "Guildhall", home: "/", styleSheet: "/a.css", script: "/a.js", favicon: "/m.svg")
    html.add(
      PageShell(
        site, title: "A < B", language: "ar", direction: .rightToLeft, theme: .dark,
        navigation: [
          NavigationGroup(
            "Group", items: [.init("Here", link: "/here", icon: .home, note: "3", isCurrent: true)])
        ],
        breadcrumb: Breadcrumb([], current: "Here"), headerActions: { $0.text("h") }, footer: { $0.text("f") }
      ) { $0.text("body") })
  },
]
