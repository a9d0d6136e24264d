// Reading what people use rather than look at: buttons, forms and their fields.

import JSON

extension DashboardReader {
  mutating func action(_ object: JSONObject, _ id: String) -> GuestWidget.Action? {
    guard let method = method(object["action_rpc_method"], "the button \(id)") else {
      if object["action_rpc_method"] == nil { problem("The button \(id) needs an action_rpc_method.") }
      return nil
    }
    guard let label = text(object["label"], 80) ?? text(object["title"], 80) else {
      problem("The button \(id) needs a label of 1 to 80 characters.")
      return nil
    }
    actionMethods.insert(method)
    return GuestWidget.Action(
      method: method, params: params(object["rpc_params"] ?? object["action_rpc_params"], "the button \(id)"),
      label: label, style: choice(object["style"], .default, "style", id),
      confirmation: text(object["confirm"], 300),
      successMessage: text(object["success_message"], 200))
  }

  mutating func form(_ object: JSONObject, _ id: String) -> GuestWidget.Form {
    let written = object["save_rpc_method"] ?? object["save_method"]
    let method = method(written, "the form \(id)")
    if method == nil { remark("The form \(id) has no save_rpc_method: it cannot be saved.") }
    var (fields, keys): ([GuestWidget.Field], Set<String>) = ([], [])
    for item in list(object["fields"], "fields", maximum: 50) {
      guard let field = field(item, id) else { continue }
      if keys.insert(field.key).inserted {
        fields.append(field)
      } else {
        remark("Two fields of the form \(id) have the key \(ArtifactFinding.quoted(field.key, 40)).")
      }
    }
    if fields.isEmpty { remark("The form \(id) has no fields.") }
    return GuestWidget.Form(
      saveMethod: method, saveParams: params(object["rpc_params"], "the form \(id)"), fields: fields)
  }

  private mutating func field(_ value: JSONValue, _ id: String) -> GuestWidget.Field? {
    guard let key = value["key"]?.string ?? value["name"]?.string, (1...100).contains(key.utf8.count),
      !key.unicodeScalars.contains(where: \.isInvisible)
    else {
      remark("A field of the form \(id) has no key.")
      return nil
    }
    let kind = value["type"]?.string.flatMap(GuestWidget.Field.Kind.init(rawValue:)) ?? .text
    let options = list(value["options"], "options", maximum: 200).compactMap {
      option -> GuestWidget.Field.Option? in
      let value = option.plainText ?? option["value"]?.plainText
      return value.map {
        GuestWidget.Field.Option(value: $0.cut(200), label: (option["label"]?.string ?? $0).cut(200))
      }
    }
    if kind == .select || kind == .multiSelect, options.isEmpty {
      remark("The field \(ArtifactFinding.quoted(key, 40)) of the form \(id) has nothing to choose from.")
    }
    return GuestWidget.Field(
      key: key, label: text(value["label"], 200) ?? key, kind: kind,
      isRequired: value["required"]?.bool ?? false,
      placeholder: text(value["placeholder"], 200), help: text(value["help_text"] ?? value["help"], 500),
      options: options, minimum: value["min"]?.double, maximum: value["max"]?.double,
      step: value["step"]?.double)
  }
}
