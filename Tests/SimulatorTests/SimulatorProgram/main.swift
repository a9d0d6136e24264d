// A simulator as a process, for clients in other languages: prints what it is as JSON lines, runs until it is ended.
// Every answer is proved against Discord's description; a violation is a line of the kind `violation`.

import DiscordTestKit
import Glibc
import JSON
import Simulator

/// One line, at once: a pipe would keep it otherwise.
@Sendable func say(_ line: JSONValue) {
  // A value of ours always has a JSON form.
  guard let bytes = try? line.encoded() else { return }
  print(String(decoding: bytes, as: UTF8.self))
  fflush(nil)
}

let proof = try ExchangeProof(checksRequests: false) { violation in
  say(["kind": "violation", "text": .string("\(violation)")])
}
var configuration = SimulatorConfiguration()
configuration.hasPlayground = true
configuration.onExchange = { proof.check($0) }
let simulator = try await Simulator.start(configuration)
for line in await simulator.announcement() { say(line) }
while true { try await Task.sleep(for: .seconds(3_600)) }
