// Every attack of the table, in a container as workers have it.

import Glibc
import JSON
import SandboxTestKit
import Testing

@testable import SandboxEngine

extension ContainerTests {
  /// The attempts that end by themselves run in one container, each in a process of its own.
  @Suite struct AttackTests {
    private static let runner = """
      import json, os, select, signal, sys
      prelude = '''
      import ctypes, os, resource, shutil, socket, subprocess, sys
      libc = ctypes.CDLL(None, use_errno=True)
      buffer = ctypes.create_string_buffer(4096)
      def check(result):
          if result == -1:
              code = ctypes.get_errno()
              raise OSError(code, os.strerror(code))
          return result
      def syscall(*arguments):
          libc.syscall.restype = ctypes.c_long
          return check(libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]))
      def mount(source, target, kind, flags, data):
          check(libc.mount(source, target, kind, ctypes.c_ulong(flags), data))
      def run(command):
          subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
      '''
      exec(prelude)
      for name, code in json.load(open('/plugin/attacks.json')):
          read, write = os.pipe()
          pid = os.fork()
          if pid == 0:
              signal.alarm(10)
              try:
                  exec(code)
                  verdict = ['through', '']
              except ImportError as error:
                  verdict = ['refused', repr(error)]
              except (OSError, AssertionError, ValueError, MemoryError, subprocess.SubprocessError) as error:
                  verdict = ['refused', repr(error)]
              except BaseException as error:
                  verdict = ['broken', repr(error)]
              os.write(write, json.dumps(verdict).encode())
              os._exit(0)
          os.close(write)
          said = b''
          while part := os.read(read, 65536): said += part
          os.close(read)
          _, status = os.waitpid(pid, 0)
          verdict = json.loads(said) if said else ['killed', str(status)]
          for entry in os.listdir('/tmp'):
              path = '/tmp/' + entry
              shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
          print(json.dumps([name] + verdict))
      """

    /// What came of each, by name.
    private static let verdicts = Task { () async throws -> [String: [String]] in
      let engine = try await TestEngine.shared.value
      let table = JSONValue.array(Attack.all.map { [.string($0.name), .string($0.code)] })
      let result = try await engine.run(
        runner, ["attacks.json": String(decoding: try table.encoded(), as: UTF8.self)], deadline: .seconds(60)
      )
      var verdicts: [String: [String]] = ["": [result.errorText]]
      for line in result.output.split(separator: UInt8(ascii: "\n")) {
        let words = try JSONValue(parsing: Array(line)).array?.compactMap(\.string) ?? []
        if let name = words.first { verdicts[name] = Array(words.dropFirst()) }
      }
      return verdicts
    }

    @Test(arguments: Attack.all) func `an attack does not get through`(attack: Attack) async throws {
      let verdicts = try await Self.verdicts.value
      let verdict = try #require(verdicts[attack.name], "it was not run: \(verdicts[""] ?? [])")
      #expect(["refused", "killed"].contains(verdict.first), "\(verdict)")
    }

    @Test func `the names of attacks differ`() {
      #expect(Set(Attack.all.map(\.name)).count == Attack.all.count)
      #expect(Attack.all.count >= 45)
    }

    @Test(arguments: [
      (
        "a fork bomb",
        "n = 0\ntry:\n  while True:\n    if os.fork() == 0: time.sleep(60)\n    n += 1\nexcept OSError: print('stopped', n)"
      ),
      (
        "a bomb of threads",
        "n = 0\ntry:\n  while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); n += 1\nexcept RuntimeError: print('stopped', n)"
      ),
      (
        "a bomb of zombies",
        "n = 0\ntry:\n  while True:\n    if os.fork() == 0: os._exit(0)\n    n += 1\nexcept OSError: print('stopped', n)"
      ),
    ])
    func `bombs stop at the limit of processes`(name: String, code: String) async throws {
      let engine = try await TestEngine.shared.value
      let result = try await engine.run(
        "import os, threading, time\n\(code)\nsys = __import__('sys'); sys.stdout.flush(); os._exit(0)")
      let words = result.text.split(separator: "\n").first?.split(separator: " ").map(String.init) ?? []
      let count = try #require(Int(words.last ?? ""), "\(result.text) \(result.errorText)")
      #expect(count < 64)
    }

    @Test func `a plugin without end is ended, and so is one without measure`() async throws {
      let engine = try await TestEngine.shared.value
      let endless = try await engine.run("while True: pass", deadline: .milliseconds(700))
      #expect(endless.isTimedOut && endless.exitCode == 137)
      let loud = try await engine.run("while True: print('x' * 65536)")
      #expect(loud.isTruncated && loud.output.count <= 1 << 20 && loud.exitCode == 137)
    }

    @Test func `two workers see nothing of each other`() async throws {
      let engine = try await TestEngine.shared.value
      let first = try await engine.start(
        "import os, socket, sys\nopen('/tmp/secret', 'w').write('1')\ns = socket.socket(socket.AF_UNIX)\n"
          + "s.bind('\\0meet')\ns.listen()\nprint('ready')\nsys.stdin.read()")
      #expect(try await first.text(until: "ready").contains("ready"))
      let second = try await engine.run(
        "import os, socket\nprint(os.listdir('/tmp'), [p for p in os.listdir('/proc') if p.isdigit()])\n"
          + "try:\n  socket.socket(socket.AF_UNIX).connect('\\0meet'); print('met')\nexcept OSError as e: print(type(e).__name__)"
      )
      #expect(second.text == "[] ['1']\nConnectionRefusedError\n")
      await first.end(isGentle: false)
    }
  }
}
