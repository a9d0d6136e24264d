// Which system calls a plugin may make: those of a Python program that computes, reads, and speaks on its pipes.

import JSON

/// The filter of system calls. What is not named is refused with EPERM.
enum SeccompProfile {
  /// The profile as engines read it.
  ///
  /// - Parameter allowsNetwork: for the step that installs requirements; sockets of the Internet are refused otherwise.
  /// - Returns: an object as Docker documents it.
  static func json(allowsNetwork: Bool) -> JSONValue {
    var profile = JSONObject()
    profile["defaultAction"] = "SCMP_ACT_ERRNO"
    profile["defaultErrnoRet"] = .integer(errorNotPermitted)
    // The other instruction sets of the same processor have other numbers: calls of theirs end the process.
    #if arch(arm64)
      profile["architectures"] = ["SCMP_ARCH_AARCH64"]
    #else
      profile["architectures"] = ["SCMP_ARCH_X86_64"]
    #endif
    profile["syscalls"] = .array(
      [allow(allowed), allow(conditional: "clone", noNamespaces)]
        + personalities.map { allow(conditional: "personality", equals($0)) }
        // The C library then takes `clone`, whose flags can be looked at.
        + [refuse("clone3", errorNotImplemented)] + sockets(allowsNetwork))
    return .object(profile)
  }

  private static let errorNotPermitted: Int64 = 1
  private static let errorNotImplemented: Int64 = 38
  private static let errorFamilyNotSupported: Int64 = 97

  private static func allow(_ names: [String]) -> JSONValue {
    ["names": .array(names.map { .string($0) }), "action": "SCMP_ACT_ALLOW"]
  }

  private static func allow(conditional name: String, _ argument: JSONValue) -> JSONValue {
    ["names": .array([.string(name)]), "action": "SCMP_ACT_ALLOW", "args": .array([argument])]
  }

  private static func refuse(_ name: String, _ error: Int64, _ arguments: [JSONValue] = []) -> JSONValue {
    [
      "names": .array([.string(name)]), "action": "SCMP_ACT_ERRNO", "errnoRet": .integer(error),
      "args": .array(arguments),
    ]
  }

  private static func equals(_ value: Int64) -> JSONValue {
    ["index": 0, "value": .integer(value), "valueTwo": 0, "op": "SCMP_CMP_EQ"]
  }

  /// Threads and processes, but no flag of a new namespace: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
  private static let noNamespaces: JSONValue = [
    "index": 0, "value": 0x7E02_0000, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ",
  ]

  /// Linux as usual, and the question which it is.
  private static let personalities: [Int64] = [0, 0xFFFF_FFFF]

  /// Between processes of one container only, or everywhere.
  private static func sockets(_ allowsNetwork: Bool) -> [JSONValue] {
    guard !allowsNetwork else { return [allow(["socket", "socketpair"])] }
    let unix: Int64 = 1
    let other: JSONValue = ["index": 0, "value": .integer(unix), "valueTwo": 0, "op": "SCMP_CMP_NE"]
    return ["socket", "socketpair"].flatMap { name in
      [allow(conditional: name, equals(unix)), refuse(name, errorFamilyNotSupported, [other])]
    }
  }

  /// By purpose. Not there on purpose: namespaces and mounts; tracing and other processes' memory; keys; `bpf`,
  /// `perf_event_open`, `userfaultfd`, `io_uring_*`; opening by handle; `memfd_create` and `execveat`, which would run
  /// what no file system allows to; message queues and shared memory that outlive a process; device nodes; clocks;
  /// users; scheduling.
  private static let allowed: [String] = Self.words(
    """
    access faccessat faccessat2 open openat openat2 creat close close_range read pread64 readv preadv preadv2 write
    pwrite64 writev pwritev pwritev2 lseek stat fstat lstat newfstatat statx statfs fstatfs readlink readlinkat getdents
    getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink
    symlinkat chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat umask truncate ftruncate fallocate fsync
    fdatasync sync_file_range fadvise64 utime utimes utimensat futimesat flock fcntl dup dup2 dup3 pipe pipe2 sendfile
    copy_file_range splice tee vmsplice getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
    inotify_init inotify_init1 inotify_add_watch inotify_rm_watch ioctl

    mmap munmap mremap mprotect madvise brk msync mincore mlock mlock2 munlock membarrier

    execve exit exit_group wait4 waitid fork vfork set_tid_address set_robust_list get_robust_list rseq arch_prctl
    prctl futex futex_waitv getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups getpgid
    getpgrp getsid setpgid setsid getpriority sched_yield sched_getaffinity sched_getparam sched_getscheduler
    sched_get_priority_max sched_get_priority_min sched_rr_get_interval sched_getattr getcpu getrlimit setrlimit
    prlimit64 getrusage times sysinfo uname capget

    kill tkill tgkill rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend
    rt_sigqueueinfo rt_tgsigqueueinfo sigaltstack signalfd signalfd4 pause alarm restart_syscall pidfd_open
    pidfd_send_signal

    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time getitimer setitimer timer_create
    timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime

    select pselect6 poll ppoll epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_wait epoll_pwait epoll_pwait2
    eventfd eventfd2 getrandom

    bind connect listen accept accept4 shutdown getsockname getpeername getsockopt setsockopt sendto recvfrom sendmsg
    recvmsg sendmmsg recvmmsg
    """)

  private static func words(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "\n" }.map(String.init)
  }
}
