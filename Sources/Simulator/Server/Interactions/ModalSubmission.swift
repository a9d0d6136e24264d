// What a person filled into a modal, checked against the modal.

internal import JSON
internal import SimulatorWorld

/// Reads the components of an interaction of type 5.
struct ModalSubmission {
  private(set) var errors = FormErrors()
  /// Gathers what selects point to.
  var options: InteractionOptions

  init(options: InteractionOptions) { self.options = options }

  /// The components as the application gets them. Inputs that the person's client sends are found by their custom id,
  /// wherever they stand; `known` are the modal's components.
  mutating func read(_ given: [JSONValue], against known: [JSONValue]) -> [JSONValue] {
    let filled = JSONValue.array(given)
    return known.compactMap { component in
      switch component["type"]?.int64 {
      case 1:
        let inner = (component["components"]?.array ?? []).map { value(of: $0, in: filled) }
        return ["type": 1, "id": component["id"] ?? 0, "components": .array(inner)]
      case 18:
        return [
          "type": 18, "id": component["id"] ?? 0,
          "component": value(of: component["component"] ?? .null, in: filled),
        ]
      case 10: return ["type": 10, "id": component["id"] ?? 0]
      default: return nil
      }
    }
  }

  private mutating func value(of input: JSONValue, in filled: JSONValue) -> JSONValue {
    let id = input["custom_id"]?.string ?? ""
    let type = input["type"]?.int64 ?? 4
    let given = filled.component(withCustomID: id)
    var json = Fields()
    json.put("type", .integer(type))
    json.put("id", input["id"] ?? 0)
    json.put("custom_id", id)
    let isRequired = input["required"]?.bool ?? true
    switch type {
    case 4:
      let text = given?["value"]?.string ?? ""
      let least = input["min_length"]?.int64 ?? (isRequired ? 1 : 0)
      let most = max(input["max_length"]?.int64 ?? 4_000, least)
      let length = Int64(text.unicodeScalars.count)
      if !(length == 0 && !isRequired), !(least...most).contains(length) {
        errors.length(["data", "components", id, "value"], Int(length), Int(least)...Int(most))
      }
      json.put("value", text)
    case 23: json.put("value", .bool(given?["value"]?.bool ?? false))
    case 21:
      let value = given?["value"]?.string
      check([value].compactMap(\.self), of: input, isRequired, id)
      json.put("value", value)
    default:
      let values = (given?["values"]?.array ?? []).compactMap { $0.string ?? $0.snowflake.map(String.init) }
      check(values, of: input, isRequired, id)
      options.resolve(values: values, ofSelect: type)
      json.put("values", .array(values.map { .string($0) }))
    }
    return json.value
  }

  private mutating func check(_ values: [String], of input: JSONValue, _ isRequired: Bool, _ id: String) {
    let path = ["data", "components", id, "values"]
    if values.isEmpty {
      if isRequired { errors.required(path) }
      return
    }
    if let known = input["options"]?.array?.compactMap({ $0["value"]?.string }),
      !Set(known).isSuperset(of: values)
    {
      errors.add(path, "COMPONENT_VALIDATION_FAILED", "Component validation failed")
    }
    let most = input["max_values"]?.int64 ?? (input["type"]?.int64 == 22 ? 10 : 1)
    if values.count > most { errors.length(path, values.count, 0...Int(most)) }
  }
}
