// A simulator as a process, for clients in other languages: prints what it is as JSON lines, runs until it is ended.

import Glibc
import JSON
import Simulator

var configuration = SimulatorConfiguration()
configuration.hasPlayground = true
let simulator = try await Simulator.start(configuration)
for line in await simulator.announcement() {
  print(String(decoding: try line.encoded(), as: UTF8.self))
}
// A pipe would keep it otherwise.
fflush(nil)
while true { try await Task.sleep(for: .seconds(3_600)) }
