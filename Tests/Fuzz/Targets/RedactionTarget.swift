// Redaction: any text, with a secret in the middle that must not come out.

import Telemetry

/// Text around a token: gone with it, unchanged without, and the same the second time.
let redactionTarget = FuzzTarget(name: "redaction", maximumLength: 4096) { input in
  var reader = InputReader(input)
  let before = reader.text()
  let text = reader.allText
  let redacted = Redactor.redact(text)
  require(redacted.utf8.count <= text.utf8.count + 16 * (text.utf8.count / 3 + 1), "a text that grows")
  // Shaped as Discord's; the bytes around it must not make it look like part of a word.
  let token = "MTE5ODYyMjQ4MzQ3MTkyNTI0OA.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWsOme"
  require(!Redactor.redact("\(before) \(token) \(text)").contains(token), "a token came out")
  let fields = Redactor.redact(["message": .string(text), "token": .string(token), "count": 7])
  require(fields["message"] == .string(redacted), "a field is read differently")
  require(fields["token"] == .string(Redactor.replacement) && fields["count"] == 7, "a named secret")
}
