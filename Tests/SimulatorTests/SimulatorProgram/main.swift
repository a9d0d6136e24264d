// A simulator as a process, for clients in other languages: prints what it is as JSON lines, runs until it is ended.
//
// `--exchanges <file>`: every REST exchange goes there, one JSON object a line.

import Glibc
import HTTPTypes
import JSON
import Simulator

/// Writes exchanges to a file. `@unchecked`: the simulator calls on its own loop only.
final class ExchangeFile: @unchecked Sendable {
  private let file: UnsafeMutablePointer<FILE>

  init?(path: String) {
    guard let file = fopen(path, "w") else { return nil }
    self.file = file
  }

  func write(_ exchange: RESTExchange) {
    let line: JSONValue = [
      "method": .string(exchange.method.rawValue), "template": exchange.template.map { .string($0) } ?? .null,
      "target": .string(exchange.target), "status": .integer(Int64(exchange.status)),
      "content_type": exchange.requestContentType.map { .string($0) } ?? .null,
      "request": .string(String(decoding: exchange.request, as: UTF8.self)),
      "response": .string(String(decoding: exchange.response, as: UTF8.self)),
    ]
    guard let bytes = try? line.encoded() else { return }
    fwrite(bytes, 1, bytes.count, file)
    fputs("\n", file)
    fflush(file)
  }
}

var configuration = SimulatorConfiguration()
configuration.hasPlayground = true
if let option = CommandLine.arguments.firstIndex(of: "--exchanges"), option + 1 < CommandLine.arguments.count,
  let file = ExchangeFile(path: CommandLine.arguments[option + 1])
{
  configuration.onExchange = { file.write($0) }
}
let simulator = try await Simulator.start(configuration)
for line in await simulator.announcement() {
  print(String(decoding: try line.encoded(), as: UTF8.self))
}
// A pipe would keep it otherwise.
fflush(nil)
while true { try await Task.sleep(for: .seconds(3_600)) }
