// Reading models from text, and writing them to it.

import DiscordModels
import JSON

/// The model that the text holds.
func decode<Model: WireDecodable>(_ text: String, as type: Model.Type = Model.self) throws -> Model {
  try JSONParser().parse(Array(text.utf8)) { try Model(from: $0) }
}

/// The model that the tree holds.
func decode<Model: WireDecodable>(_ tree: JSONValue, as type: Model.Type = Model.self) throws -> Model {
  try JSONParser().parse(tree.encoded()) { try Model(from: $0) }
}

/// What the model writes, as a tree.
func encode(_ model: some WireEncodable) throws -> JSONValue {
  var json = JSONWriter()
  model.write(to: &json)
  return try JSONValue(parsing: json.finish())
}
