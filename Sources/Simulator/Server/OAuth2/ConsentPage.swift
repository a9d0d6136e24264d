// The page on which a person allows an application something.

internal import DiscordCore

/// Renders consent as HTML. Every text from outside goes through `escaped`.
struct ConsentPage {
  struct Choice {
    var id: String
    var name: String
    var detail: String
  }

  var application: String
  var request: AuthorizeRequest
  /// The query as it came, to be sent along with the form.
  var query: [(name: String, value: String)]
  var users: [Choice]
  /// Empty unless a bot is to be added.
  var guilds: [Choice]
  /// Who is chosen already.
  var user: String?

  var html: String {
    let hidden = query.map {
      "<input type=\"hidden\" name=\"\(escaped($0.name))\" value=\"\(escaped($0.value))\">"
    }
    return Self.page(
      title: "Authorize \(application)",
      """
      <form method="post" action="/oauth2/authorize">
      \(hidden.joined(separator: "\n"))
      <p class="over">An application</p>
      <h1>\(escaped(application))</h1>
      <p class="sub">wants to access a Discord account of this simulator.</p>
      \(select("user_id", "Go on as", users, selected: user))
      \(guilds.isEmpty ? "" : select("guild_id", "Add to server", guilds, selected: request.guild?.description))
      <h2>This will allow it to</h2><ul class="yes">\(scopeList)</ul>
      \(permissionList)
      <p class="note">\(escaped(destination))</p>
      <div class="row"><button name="action" value="deny" class="quiet" formnovalidate>Cancel</button>
      <button name="action" value="allow">Authorize</button></div>
      </form>
      """)
  }

  private var scopeList: String {
    request.scopes.map { "<li>\(escaped(AuthorizeRequest.knownScopes[$0] ?? $0))</li>" }.joined()
  }

  private var permissionList: String {
    guard request.addsBot else { return "" }
    let names = request.permissions.names.map { name in
      let isElevated = Permissions.named.contains {
        $0.name == name && !Permissions.elevated.isDisjoint(with: $0.permission)
      }
      return "<li\(isElevated ? " class=\"strong\"" : "")>\(escaped(Self.words(name)))</li>"
    }
    guard !names.isEmpty else { return "<p class=\"note\">The bot asks for no permissions.</p>" }
    return "<h2>The bot will have these permissions</h2><ul class=\"perms\">\(names.joined())</ul>"
  }

  private var destination: String {
    request.redirect.map { "Afterwards you will be sent to \($0)." } ?? "Afterwards this page may be closed."
  }

  private func select(_ name: String, _ label: String, _ choices: [Choice], selected: String?) -> String {
    let options = choices.map { choice in
      let mark = choice.id == selected ? " selected" : ""
      return
        "<option value=\"\(escaped(choice.id))\"\(mark)>\(escaped(choice.name)) \(escaped(choice.detail))</option>"
    }
    return "<label>\(label)<select name=\"\(name)\" required>\(options.joined())</select></label>"
  }

  /// `MANAGE_GUILD` as people read it: `Manage Server`.
  static func words(_ name: String) -> String {
    name.split(separator: "_").map { word -> String in
      switch word {
      case "GUILD": "Server"
      case "TTS", "VAD": String(word)
      default: word.prefix(1) + word.dropFirst().lowercased()
      }
    }.joined(separator: " ")
  }

  /// A short page that says one thing.
  static func notice(_ title: String, _ text: String) -> String {
    page(title: title, "<h1>\(escaped(title))</h1><p class=\"sub\">\(escaped(text))</p>")
  }

  private static func page(title: String, _ body: String) -> String {
    """
    <!doctype html><html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1"><title>\(escaped(title))</title><style>
    :root { color-scheme: light dark; --back: #eef0f6; --card: #fff; --ink: #1d2030; --soft: #5d6275;
      --line: #d5d8e4; --accent: #4a57d8; }
    @media (prefers-color-scheme: dark) { :root { --back: #15161d; --card: #22242f; --ink: #f0f1f7;
      --soft: #a3a8bc; --line: #3a3d4c; --accent: #6a78ff; } }
    * { box-sizing: border-box; } body { margin: 0; min-height: 100vh; display: grid; place-items: center;
      padding: 24px 16px; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
    main { width: min(440px, 100%); background: var(--card); border-radius: 16px; padding: 28px;
      box-shadow: 0 12px 40px rgb(0 0 0 / .14); }
    h1 { font-size: 1.5rem; margin: 0; text-align: center; } h2 { font-size: .85rem; color: var(--soft); margin: 20px 0 6px; }
    .over, .sub { text-align: center; color: var(--soft); margin: 0; } .note { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
    label { display: block; margin-top: 18px; font-size: .85rem; color: var(--soft); }
    select { width: 100%; margin-top: 4px; padding: 10px; font: inherit; color: var(--ink); background: var(--back);
      border: 1px solid var(--line); border-radius: 8px; }
    ul { list-style: none; margin: 0; padding: 0; } .yes li::before { content: "✓ "; color: #2b9a4b; }
    .perms { display: flex; flex-wrap: wrap; gap: 6px; } .perms li { padding: 2px 10px; border-radius: 99px;
      border: 1px solid var(--line); font-size: .85rem; } .perms .strong { border-color: #d8793a; }
    .row { display: flex; gap: 12px; margin-top: 20px; } button { flex: 1; padding: 12px; border: 0; border-radius: 8px;
      font: inherit; font-weight: 600; color: #fff; background: var(--accent); cursor: pointer; }
    .quiet { background: transparent; color: var(--ink); border: 1px solid var(--line); }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    </style></head><body><main>\(body)</main></body></html>
    """
  }
}

/// Text as HTML shows it, in elements and quoted attributes.
func escaped(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.append(character)
    }
  }
  return result
}
