// The sentences of rooms below: about bots, about what the operator publishes, about what third-party plugins may do.

import PlatformText
package import Resources

/// Catalogs of rooms that bring sentences of their own, by language.
package struct RoomWords: Sendable {
  /// A room with a catalog; the raw value is its target.
  package enum Room: String, Sendable, CaseIterable {
    case bots = "PlatformBots"
    case site = "PlatformSite"
    case sandbox = "Sandbox"
  }

  private let catalogs: [Room: [String: StringCatalog]]

  /// Blocks; done once at start. A language that a room does not speak is English there.
  ///
  /// - Throws: `ResourceError` when the English catalog is missing, or any is damaged.
  static func load(languages: [String]) throws(ResourceError) -> RoomWords {
    var catalogs: [Room: [String: StringCatalog]] = [:]
    for room in Room.allCases {
      let folder = try ResourceFolder(of: room.rawValue)
      let english = try folder.catalog(language: "en")
      catalogs[room] = ["en": english]
      for language in languages where language != "en" {
        do throws(ResourceError) {
          catalogs[room]?[language] = try folder.catalog(language: language).completed(by: english)
        } catch {
          guard error.code == .unreadable else { throw error }
        }
      }
    }
    return RoomWords(catalogs: catalogs)
  }

  /// A room's catalog in a language.
  package func catalog(_ room: Room, _ language: String) -> StringCatalog {
    catalogs[room]?[language] ?? catalogs[room]?["en"] ?? StringCatalog(language: language, sentences: [:])
  }
}

extension Visit {
  /// A sentence of a room, in the reader's language.
  func words(_ sentence: Sentence, of room: RoomWords.Room) -> String {
    sentence.text(in: resources.rooms.catalog(room, strings.language))
  }
}
