// Every catalog of sentences in every language: complete, with the same holes, within Discord's limits, and translated.

import Assembly
import DiscordModels
import Glibc
import JSON
import PlatformCommands
import PlatformDispatch
import PlatformPlugins
import Resources
import Testing

/// One room's sentences in English and in one other language.
struct TranslatedCatalog: CustomTestStringConvertible, Sendable {
  /// As `Platform/Dispatch`.
  let room: String
  let language: String

  var testDescription: String { "\(room) (\(language))" }

  static let sources =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Sources"

  static let all: [TranslatedCatalog] = rooms(in: "").sorted().flatMap { room in
    ["de", "es"].filter { access("\(sources)/\(room)/Strings/\($0).json", R_OK) == 0 }
      .map { TranslatedCatalog(room: room, language: $0) }
  }

  /// The folders under Sources with an English catalog.
  static func rooms(in folder: String) -> [String] {
    guard let directory = opendir("\(sources)/\(folder)") else { return [] }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      if name == "Strings" {
        if access("\(sources)/\(path)/en.json", R_OK) == 0 { found.append(folder) }
      } else if !name.hasPrefix("."), entry.pointee.d_type == UInt8(DT_DIR) {
        found += rooms(in: path)
      }
    }
    return found
  }

  /// The sentences in the order of the file.
  func sentences(_ language: String) throws -> [(key: String, text: String)] {
    let file = try #require(fopen("\(Self.sources)/\(room)/Strings/\(language).json", "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    let fields = try JSONValue(parsing: bytes).object?.fields ?? []
    return fields.map { ($0.key, $0.value.string ?? "") }
  }

  /// What stands between braces.
  static func placeholders(_ text: String) -> Set<Substring> {
    var found: Set<Substring> = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
      found.insert(rest[start...end])
      rest = rest[rest.index(after: end)...]
    }
    return found
  }

  /// How many letters stand outside braces.
  static func letters(_ text: String) -> Int {
    placeholders(text).reduce(text.count { $0.isLetter }) { $0 - $1.count { $0.isLetter } }
  }
}

@Suite struct CatalogTests {
  @Test func `every room with sentences speaks German and Spanish`() {
    // The playground is a tool of developers, and English only.
    let rooms = Set(TranslatedCatalog.rooms(in: "")).subtracting(["Simulator/Server/Playground"])
    #expect(rooms.count >= 8)
    let spoken = Dictionary(grouping: TranslatedCatalog.all, by: \.room)
    for room in rooms { #expect(spoken[room]?.count == 2, "\(room)") }
  }

  @Test(arguments: TranslatedCatalog.all)
  func `a translation has the keys and placeholders of the English catalog`(_ catalog: TranslatedCatalog)
    throws
  {
    let english = try catalog.sentences("en")
    let other = try catalog.sentences(catalog.language)
    let keys = other.map(\.key)
    #expect(keys == keys.sorted(), "in the order of their keys")
    let missing = Set(english.map(\.key)).subtracting(keys).sorted()
    let surplus = Set(keys).subtracting(english.map(\.key)).sorted()
    #expect(missing.isEmpty && surplus.isEmpty, "missing: \(missing), surplus: \(surplus)")
    let texts = Dictionary(other.map { ($0.key, $0.text) }) { first, _ in first }
    #expect(texts.count == other.count, "every key once")
    for (key, text) in english {
      guard let translated = texts[key] else { continue }
      #expect(!translated.isEmpty, "\(key)")
      #expect(
        TranslatedCatalog.placeholders(translated) == TranslatedCatalog.placeholders(text),
        "\(key): \(translated)")
      for mark in ["`", "**"] {
        let count = { (text: String) in text.ranges(of: mark).count }
        #expect(count(translated) == count(text), "\(key): \(translated)")
      }
    }
  }

  @Test(arguments: TranslatedCatalog.all)
  func `what is translated is not the English sentence`(_ catalog: TranslatedCatalog) throws {
    let english = Dictionary(try catalog.sentences("en").map { ($0.key, $0.text) }) { first, _ in first }
    // Languages have their own name in every language, and examples may have nothing but commands in them.
    let kept = try catalog.sentences(catalog.language).filter { key, text in
      text == english[key] && TranslatedCatalog.letters(text) >= 10
        && !key.hasSuffix(".examples") && !Self.sameInBoth.contains(text)
    }
    #expect(kept.isEmpty, "\(kept.map(\.key))")
  }

  /// Words that the languages share.
  private static let sameInBoth: Set<String> = [
    "Moderation", "Ada Fairweather", "PostgreSQL", "https://discord.com/channels/…",
  ]

  @Test(arguments: ["en", "de", "es"])
  func `what Discord shows of commands is as short as it wants it`(_ language: String) throws {
    let catalog = try PluginCatalog(builtInPlugins, languages: GuildLanguage.tags)
    for unit in catalog.units {
      let strings = catalog.strings(of: unit.id, language: language)
      for command in unit.commands {
        let name = command.declaration.name
        let keys = (1...command.declaration.path.count).map {
          "command." + command.declaration.path.prefix($0).joined(separator: " ")
        }
        for key in keys + command.declaration.options.map({ "command.\(name).\($0.name)" }) {
          guard let text = strings.sentence(key) else { continue }
          #expect((1...100).contains(text.unicodeScalars.count), "\(unit.id) \(key): \(text)")
        }
      }
      for menu in unit.menus {
        let title = strings[dynamic: "menu.\(menu.name)"]
        #expect((1...CommandLimits.name).contains(title.unicodeScalars.count), "\(unit.id): \(title)")
      }
    }
  }
}
