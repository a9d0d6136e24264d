// The three forms a request's body comes in.

internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

extension RESTCall {
  /// Reads the body by its content type.
  ///
  /// - Throws: 50109 for what is no JSON, 50035 for a broken form, 40005 for files that are too large.
  mutating func readBody() throws(RESTFailure) {
    guard !rawBody.isEmpty else { return }
    let kind = contentType?.split(separator: ";").first?.lowercased() ?? "application/json"
    switch kind {
    case "multipart/form-data": try readMultipart()
    case "application/x-www-form-urlencoded":
      do throws(HTTPProblem) {
        let form = try FormFields.parse(rawBody)
        body = .object(JSONObject(fields: form.pairs.map { .init(key: $0.name, value: .string($0.value)) }))
      } catch {
        throw RESTFailure(status: 400, code: 50035, message: "Invalid Form Body")
      }
    case "application/json": body = try Self.json(rawBody)
    default: break
    }
  }

  private static func json(_ bytes: [UInt8]) throws(RESTFailure) -> JSONValue {
    // Whatever is wrong with it, Discord says the same.
    guard let value = try? JSONValue(parsing: bytes) else {
      throw RESTFailure(status: 400, code: 50109, message: "The request body contains invalid JSON.")
    }
    return value
  }

  private mutating func readMultipart() throws(RESTFailure) {
    var fields: [(name: String, value: [UInt8])] = []
    do throws(HTTPProblem) {
      var parser = try MultipartParser(contentType: contentType, partLimit: 64)
      var head: MultipartParser.PartHead?
      var bytes: [UInt8] = []
      for event in try parser.feed(rawBody) {
        switch event {
        case .part(let part): (head, bytes) = (part, [])
        case .data(let chunk): bytes += chunk
        case .partEnd:
          guard let part = head else { continue }
          if let name = part.fileName {
            files.append(
              UploadedPart(
                field: part.name, fileName: name, contentType: part.contentType, bytes: bytes))
          } else {
            fields.append((part.name, bytes))
          }
        }
      }
      try parser.finish()
    } catch {
      throw RESTFailure(status: 400, code: 50035, message: "Invalid Form Body")
    }
    if files.contains(where: { $0.bytes.count > UploadedPart.maximumSize }) {
      throw RESTFailure(status: 413, code: 40005, message: "Request entity too large")
    }
    if let payload = fields.first(where: { $0.name == "payload_json" }) {
      body = try Self.json(payload.value)
    } else if !fields.isEmpty {
      body = .object(
        JSONObject(
          fields: fields.map {
            .init(key: $0.name, value: .string(String(decoding: $0.value, as: UTF8.self)))
          }
        ))
    }
  }
}
