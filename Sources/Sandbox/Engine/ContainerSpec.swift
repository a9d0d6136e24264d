// What a container is made of, as a value, and as the engine wants to read it.

import JSON

/// How much of the machine a container may use.
package struct ContainerLimits: Sendable, Hashable {
  /// Bytes; beyond it the kernel kills. Swap is not added.
  package var memory = 512 << 20
  /// Bytes that the container is pressed back to when memory is short.
  package var reservedMemory = 256 << 20
  /// Of a core, in billionths.
  package var nanoCores = 500_000_000
  /// The processors it may use, in cpuset's list format; nil for all.
  package var processors: String?
  /// Its weight when others want the processor too; 1,024 is what everything else has.
  package var processorShares = 128
  /// The control group that the container's own is made in; nil for the engine's choice.
  package var parentGroup: String?
  /// Processes and threads.
  package var processes = 64
  /// Open files of a process.
  package var files = 256
  /// Bytes of `/tmp`, which is memory and counts against `memory`, as does every file in it: engines set no bound on their
  /// number.
  package var temporaryBytes = 16 << 20
  /// Bytes of one file; nil for as much as there is room.
  package var fileBytes: Int?

  /// The limits of a worker.
  package init() {}
}

/// A folder of this machine, seen from inside.
package struct ContainerMount: Sendable, Hashable {
  /// An absolute path of this machine, without a colon.
  package let source: String
  package let target: String
  package var isWritable = false
  /// Whether code of the processor's own may be loaded from it: wheels with native parts need that.
  package var isExecutable = false

  package init(source: String, target: String, isWritable: Bool = false, isExecutable: Bool = false) {
    (self.source, self.target) = (source, target)
    (self.isWritable, self.isExecutable) = (isWritable, isExecutable)
  }
}

/// Which network a container has.
package enum ContainerNetwork: String, Sendable, Hashable {
  /// Not even an interface.
  case none
  /// The engine's own, behind address translation.
  case bridge
  /// This machine's. Only for steps that run nothing of a plugin's.
  case host
}

/// A locked-down container. Everything that is not said here is the same for all of them.
package struct ContainerSpec: Sendable {
  package var image: String
  package var command: [String]
  /// Names and values, sorted by name on the wire.
  package var environment: [String: String]
  package var mounts: [ContainerMount] = []
  package var limits = ContainerLimits()
  package var network = ContainerNetwork.none
  package var labels: [String: String] = [:]
  /// `uid:gid`.
  package var user = "65534:65534"
  /// Whether standard input is a pipe; it is `/dev/null` otherwise.
  package var takesInput = true

  /// What every container of ours has in its environment.
  package static let baseEnvironment = [
    "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1",
  ]

  package init(image: String, command: [String], environment: [String: String] = Self.baseEnvironment) {
    (self.image, self.command, self.environment) = (image, command, environment)
  }
}

extension ContainerSpec {
  /// The body of `POST /containers/create`; `seccomp` is the profile as that engine takes it.
  func json(seccomp: String) -> JSONValue {
    var body = JSONObject()
    body["Image"] = .string(image)
    body["Cmd"] = .array(command.map { .string($0) })
    body["Entrypoint"] = .array([])
    body["Env"] = .array(environment.sorted { $0.key < $1.key }.map { .string("\($0.key)=\($0.value)") })
    body["User"] = .string(user)
    // Instead of the container's id, which would tell plugins apart.
    if network == .none { body["Hostname"] = "plugin" }
    body["WorkingDir"] = "/tmp"
    body["OpenStdin"] = .bool(takesInput)
    body["StdinOnce"] = .bool(takesInput)
    body["AttachStdin"] = .bool(takesInput)
    body["AttachStdout"] = true
    body["AttachStderr"] = true
    body["Tty"] = false
    body["NetworkDisabled"] = .bool(network == .none)
    body["Labels"] = .object(
      JSONObject(
        fields: labels.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: .string($0.value)) }))
    body["HostConfig"] = .object(hostConfiguration(seccomp: seccomp))
    return .object(body)
  }

  private func hostConfiguration(seccomp: String) -> JSONObject {
    var host = JSONObject()
    host["NetworkMode"] = .string(network.rawValue)
    host["ReadonlyRootfs"] = true
    host["CapDrop"] = ["ALL"]
    host["SecurityOpt"] = .array(["no-new-privileges", .string("seccomp=\(seccomp)")])
    host["Tmpfs"] = .object(temporaryFileSystems)
    host["Binds"] = .array(mounts.map { .string($0.bind) })
    host["PidsLimit"] = .integer(Int64(limits.processes))
    host["Memory"] = .integer(Int64(limits.memory))
    host["MemorySwap"] = .integer(Int64(limits.memory))
    host["MemoryReservation"] = .integer(Int64(limits.reservedMemory))
    host["NanoCpus"] = .integer(Int64(limits.nanoCores))
    if let processors = limits.processors { host["CpusetCpus"] = .string(processors) }
    if let parent = limits.parentGroup { host["CgroupParent"] = .string(parent) }
    host["CpuShares"] = .integer(Int64(limits.processorShares))
    host["Ulimits"] = .array(ulimits)
    // No shared memory, and so no writable place besides /tmp.
    host["IpcMode"] = "none"
    // When the machine runs out of memory, plugins go before Guildhall.
    host["OomScoreAdj"] = 500
    host["Init"] = false
    host["RestartPolicy"] = ["Name": "no"]
    // What a plugin says is read from its stream; a file of it would grow without bound.
    host["LogConfig"] = ["Type": "none"]
    return host
  }

  private var temporaryFileSystems: JSONObject {
    // Podman adds writable ones to a read-only root; naming them makes them read-only, too.
    let empty: JSONValue = "ro,noexec,nosuid,nodev,size=4096,mode=0555"
    return JSONObject(fields: [
      .init(
        key: "/tmp",
        value: .string(
          "rw,noexec,nosuid,nodev,size=\(limits.temporaryBytes),mode=1777")),
      .init(key: "/run", value: empty),
      .init(key: "/var/tmp", value: empty),
    ])
  }

  private var ulimits: [JSONValue] {
    var all: [(String, Int)] = [
      ("nofile", limits.files), ("core", 0),
      // Counted for the user over all containers, so the limit proper is that of processes above. It has to be named:
      // an engine without the right to raise limits fails to set its default.
      ("nproc", 4096),
    ]
    if let bytes = limits.fileBytes { all.append(("fsize", bytes)) }
    return all.map { ["Name": .string($0.0), "Soft": .integer(Int64($0.1)), "Hard": .integer(Int64($0.1))] }
  }
}

extension ContainerMount {
  fileprivate var bind: String {
    var options = [isWritable ? "rw" : "ro", "nosuid", "nodev"]
    if !isExecutable { options.append("noexec") }
    return "\(source):\(target):" + options.joined(separator: ",")
  }
}
