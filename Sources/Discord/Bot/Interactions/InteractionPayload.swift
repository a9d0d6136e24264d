// An interaction as it came, copied, to be read when somebody asks.

package import DiscordModels
package import JSON

/// The JSON of an interaction. Reading a model of it costs a parse; most handlers do it once.
package struct InteractionPayload: Sendable {
  /// UTF-8 text of one JSON object.
  package let json: [UInt8]

  package init(json: [UInt8]) { self.json = json }

  /// Copies what a view shows.
  ///
  /// - Throws: `JSONError` if it cannot be written again.
  package init(copying view: JSONView) throws(JSONError) {
    var writer = JSONWriter()
    writer.value(view)
    json = try writer.finish()
  }

  /// Lends the parsed interaction.
  ///
  /// - Throws: `JSONError`, and what `body` throws.
  package func read<Result>(_ body: (JSONView) throws -> Result) throws -> Result {
    try JSONParser().parse(json, body)
  }

  /// Reads it as a model.
  ///
  /// - Throws: `JSONError`.
  package func decode<Model: WireDecodable>(as model: Model.Type = Model.self) throws -> Model {
    try read { try Model(from: $0) }
  }
}
