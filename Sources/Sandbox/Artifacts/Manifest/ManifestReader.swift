// Reading `manifest.json` with all the spellings that published plugins use (plugin-host contract, section 20).

import JSON
import SandboxContract

/// Reads the manifest, and checks it against the sources.
struct ManifestReader {
  let files: [ArtifactFile]
  let rules: ArtifactRules
  let scan: SourceScan
  var findings = FindingList()
  private(set) var dashboard: GuestDashboard?

  static let file = "manifest.json"

  init(files: [ArtifactFile], rules: ArtifactRules) {
    self.files = files
    self.rules = rules
    scan = SourceScan(files)
  }

  /// The manifest; nil when it is not even an object with an id, a name and a version. What else is wrong is in `findings`.
  mutating func read() -> GuestManifest? {
    checkEntryPoint()
    guard let object = object(), var manifest = identity(of: object) else { return nil }
    describe(&manifest, by: object)
    manifest.commands = commands(of: object)
    manifest.cron = cron(of: object)
    manifest.domains = domains(of: object)
    manifest.capabilities = capabilities(of: object, manifest)
    manifest.events = events(manifest)
    if let requirements = content("requirements.txt") {
      manifest.requirements = RequirementReader.read(requirements, into: &findings)
    }
    readDashboard(object, into: &manifest)
    return manifest
  }

  /// What was understood of it; used once nothing is wrong.
  mutating func keep(_ dashboard: GuestDashboard) { self.dashboard = dashboard }

  func content(_ path: String) -> ArtifactFile? { files.first { $0.path == path } }

  private mutating func checkEntryPoint() {
    guard content("__main__.py") == nil else { return }
    let folders = Set(files.map { $0.path.split(separator: "/").first.map(String.init) ?? "" })
    let isWrapped = folders.count == 1 && files.allSatisfy { $0.path.contains("/") }
    findings.error(
      "missing_entry_point",
      isWrapped
        ? "The zip holds one folder: pack the files in it, not the folder itself."
        : "The zip has no __main__.py at its root.")
  }

  /// The JSON at the root.
  private mutating func object() -> JSONObject? {
    guard let file = content(Self.file) else {
      findings.error("missing_manifest", "The zip has no manifest.json at its root.")
      return nil
    }
    guard let value = Self.parse(file, "manifest", "manifest_invalid_json", &findings) else { return nil }
    guard let object = value.object else {
      findings.error("manifest_not_object", "manifest.json is no JSON object.", path: Self.file)
      return nil
    }
    return object
  }

  /// Parses a file of JSON; what is wrong is found under `<prefix>_encoding` or `code`.
  static func parse(
    _ file: ArtifactFile, _ prefix: String, _ code: String, _ findings: inout FindingList
  ) -> JSONValue? {
    guard file.bytes.count <= 1 << 20 else {
      findings.error(code, "\(file.path) is larger than 1 MB.", path: file.path)
      return nil
    }
    guard String(validating: file.bytes, as: UTF8.self) != nil else {
      findings.error("\(prefix)_encoding", "\(file.path) is not UTF-8.", path: file.path)
      return nil
    }
    // The mark that some editors put before a text.
    let isMarked = file.bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let text = isMarked ? Array(file.bytes.dropFirst(3)) : file.bytes
    do {
      let value = try JSONValue(parsing: text, maximumSize: 1 << 20)
      if value.isWithin(depth: 32) { return value }
      findings.error(code, "\(file.path) is nested deeper than 32 levels.", path: file.path)
    } catch {
      let offset = (error as? JSONError)?.offset
      let line = offset.map { 1 + text.prefix($0).count { $0 == UInt8(ascii: "\n") } }
      findings.error(
        code, "\(file.path) is no JSON" + (line.map { ": look at line \($0)." } ?? "."), path: file.path)
    }
    return nil
  }

  // MARK: Who it is

  private mutating func identity(of object: JSONObject) -> GuestManifest? {
    var texts: [String: String] = [:]
    for key in ["id", "name", "version"] {
      let text = object[key]?.string?.trimmed ?? ""
      if text.isEmpty {
        findings.error(
          "manifest_missing_field", "manifest.json needs a text under \"\(key)\".", path: Self.file)
      }
      texts[key] = text
    }
    guard let id = texts["id"], let name = texts["name"], let version = texts["version"],
      ![id, name, version].contains("")
    else { return nil }
    if !Self.isPluginID(id) {
      findings.error(
        "manifest_id_invalid",
        "The id must have 3 to 32 lower-case letters, digits or _, and begin with a letter.", path: Self.file)
    }
    if name.unicodeScalars.count > 100 || name.unicodeScalars.contains(where: \.isInvisible) {
      findings.error(
        "manifest_name_invalid", "The name must have 1 to 100 characters that can be seen.", path: Self.file)
    }
    if !Self.isVersion(version) {
      findings.error(
        "manifest_version_invalid",
        "The version must have 1 to 64 letters, digits or . _ + -, and begin with a letter or digit.",
        path: Self.file)
    }
    if let expected = rules.plugin, expected != id {
      findings.error(
        "manifest_plugin_id_mismatch",
        "The manifest is of another plugin: \(ArtifactFinding.quoted(id, 64)).",
        path: Self.file)
    }
    if let expected = rules.version, expected != version {
      findings.error(
        "manifest_version_mismatch",
        "The manifest says another version: \(ArtifactFinding.quoted(version, 64)).",
        path: Self.file)
    }
    return GuestManifest(id: id, name: name, version: version)
  }

  private static func isPluginID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (3...32).contains(bytes.count), (97...122).contains(bytes[0]) else { return false }
    return bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }

  private static func isVersion(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (1...64).contains(bytes.count) else { return false }
    func isPlain(_ byte: UInt8) -> Bool {
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
    }
    return isPlain(bytes[0]) && bytes.allSatisfy { isPlain($0) || "._+-".utf8.contains($0) }
  }

  private mutating func describe(_ manifest: inout GuestManifest, by object: JSONObject) {
    let description = object["description"]?.string?.trimmed ?? ""
    if description.unicodeScalars.count > 2_000 {
      findings.warn(
        "description_too_long", "The description has more than 2000 characters; the rest is not shown.",
        path: Self.file)
    }
    manifest.description = description.cut(2_000)
    let placeholders = [
      "todo", "tbd", "fill me in", "lorem ipsum", "placeholder", "description goes here", "edit this",
    ]
    let plain = description.lowercased()
    if placeholders.contains(where: { plain == $0 || ($0.contains(" ") && plain.contains($0)) }) {
      findings.warn("description_placeholder", "The description is still a placeholder.", path: Self.file)
    }
    let author = object["author"]
    manifest.author = (author?.string ?? author?["name"]?.string ?? "").trimmed.cut(100)
    manifest.homepage = address(object["homepage"], "homepage")
    manifest.icon = address(object["icon_url"], "icon_url")
    let tags = object["tags"]?.array?.compactMap { $0.string?.trimmed.cut(32) } ?? []
    manifest.tags = Array(tags.filter { !$0.isEmpty }.prefix(10))
  }

  private mutating func address(_ value: JSONValue?, _ key: String) -> String {
    guard let text = value?.string, !text.isEmpty else { return "" }
    let isPlain = text.utf8.count <= 500 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    if isPlain, text.lowercased().hasPrefix("https://"), !text.contains("\"") { return text }
    findings.warn("address_refused", "\"\(key)\" is no https address and is not shown.", path: Self.file)
    return ""
  }
}

extension String {
  /// Without white space around it.
  var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// At most so many Unicode scalars.
  func cut(_ length: Int) -> String {
    unicodeScalars.count <= length ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(length)))
  }
}

extension JSONValue {
  /// Whether nothing in it is nested deeper.
  func isWithin(depth: Int) -> Bool {
    switch self {
    case .array(let items): depth > 0 && items.allSatisfy { $0.isWithin(depth: depth - 1) }
    case .object(let object): depth > 0 && object.fields.allSatisfy { $0.value.isWithin(depth: depth - 1) }
    default: true
    }
  }
}
