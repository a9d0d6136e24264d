// What a hostile plugin would try: each a few lines of Python that raise when they are refused.

import Testing

/// One attempt. Getting to the end of the code without an exception means that it got through.
struct Attack: Sendable, CustomTestStringConvertible {
  let name: String
  let code: String
  var testDescription: String { name }

  init(_ name: String, _ code: String) { (self.name, self.code) = (name, code) }

  static let all: [Attack] =
    writes + reads + escapes + names + calls + namespaces + users + sockets + limits + programs + others
}

extension Attack {
  // MARK: The file system

  private static let writes: [Attack] = [
    "/evil", "/etc/passwd", "/etc/ld.so.preload", "/usr/bin/python3",
    "/usr/lib/python3/dist-packages/evil.py",
    "/plugin/evil.py", "/plugin/__main__.py", "/requirements/evil.py", "/run/evil", "/var/tmp/evil",
    "/dev/evil",
    "/dev/shm/evil", "/dev/mqueue/evil", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
    "/proc/sys/net/ipv4/ip_forward", "/proc/sys/vm/overcommit_memory", "/proc/sysrq-trigger",
    "/proc/sys/fs/file-max",
    "/sys/kernel/uevent_helper", "/sys/power/state", "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    "/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/devices/devices.allow",
    "/sys/fs/cgroup/memory/release_agent",
    "/proc/self/uid_map", "/proc/self/gid_map",
  ].map { Attack("write \($0)", "f = os.open('\($0)', os.O_WRONLY | os.O_CREAT)\nos.write(f, b'1')") }

  private static let reads: [Attack] = [
    "/dev/mem", "/dev/kmem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/dev/fuse", "/dev/net/tun", "/dev/kvm",
    "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/kpagecount", "/proc/sched_debug", "/etc/shadow",
    "/sys/kernel/security/lockdown", "/sys/kernel/debug/tracing", "/sys/firmware/dmi/tables/DMI",
    "/var/run/docker.sock", "/run/podman/podman.sock", "/root/.ssh/id_rsa", "/proc/1/root/root",
    "/run/secrets/kubernetes.io/serviceaccount/token", "/run/.containerenv",
  ].map { Attack("read \($0)", "assert open('\($0)', 'rb').read(16)") }

  private static let escapes: [Attack] = [
    Attack("remove the plugin", "os.unlink('/plugin/__main__.py')"),
    Attack("rename the plugin", "os.rename('/plugin/__main__.py', '/plugin/b.py')"),
    Attack("write through a link", "os.symlink('/plugin/evil', '/tmp/a')\nopen('/tmp/a', 'w').write('x')"),
    Attack(
      "write through a link to the root", "os.symlink('/proc/1/root/evil', '/tmp/b')\nopen('/tmp/b', 'w')"),
    Attack("hard link of a program", "os.link('/usr/bin/python3.11', '/tmp/c')"),
    Attack("hard link of the plugin", "os.link('/plugin/__main__.py', '/tmp/d')"),
    Attack("climb out", "assert os.listdir('/' + '../' * 40) != os.listdir('/')"),
    Attack(
      "climb out by a descriptor",
      "d = os.open('/', os.O_RDONLY)\nassert os.listdir(os.open('..', os.O_RDONLY, dir_fd=d)) != os.listdir('/')"
    ),
    Attack("chroot", "os.chroot('/tmp')"),
    Attack("block device", "os.mknod('/tmp/e', 0o60666, os.makedev(254, 0))"),
    Attack("character device", "os.mknod('/tmp/f', 0o20666, os.makedev(1, 1))"),
    Attack("own a file as root", "open('/tmp/g', 'w')\nos.chown('/tmp/g', 0, 0)"),
    Attack(
      "file with capabilities",
      "open('/tmp/h', 'w')\nos.setxattr('/tmp/h', 'security.capability', bytes.fromhex('0100000200000000') + bytes(12))"
    ),
    Attack("new control group", "os.mkdir('/sys/fs/cgroup/memory/evil')"),
    Attack(
      "leave the control group", "os.write(os.open('/sys/fs/cgroup/pids/cgroup.procs', os.O_WRONLY), b'1')"),
    Attack("remount the root", "mount(None, b'/', None, 32, None)"),
    Attack("bind the plugin elsewhere", "mount(b'/plugin', b'/tmp', None, 4096, None)"),
    Attack("another proc", "mount(b'proc', b'/tmp', b'proc', 0, None)"),
    Attack("unmount the plugin", "check(libc.umount2(b'/plugin', 2))"),
  ]

  // MARK: System calls

  private static let names: [Attack] = [
    ("unshare", 272, "0x10000000"), ("setns", 308, "3, 0"), ("ptrace", 101, "0, 0, 0, 0"),
    ("ptrace another", 101, "16, 1, 0, 0"),
    ("keyctl", 250, "0, -3, 1"), ("bpf", 321, "5, 0, 0"), ("userfaultfd", 323, "0"),
    ("userfaultfd user", 323, "1"),
    ("perf_event_open", 298, "buffer, 0, -1, -1, 0"), ("io_uring_setup", 425, "8, buffer"),
    ("io_uring_enter", 426, "3, 0, 0, 0"),
    ("io_uring_register", 427, "3, 0, 0, 0"), ("clone3", 435, "buffer, 88"),
    ("process_vm_readv", 310, "1, 0, 0, 0, 0, 0"),
    ("process_vm_writev", 311, "1, 0, 0, 0, 0, 0"), ("kcmp", 312, "1, 1, 0, 0, 0"),
    ("pidfd_getfd", 438, "3, 0, 0"),
    ("process_madvise", 440, "3, 0, 0, 0, 0"), ("mount_setattr", 442, "-1, 0, 0, 0, 0"),
    ("open_tree", 428, "-100, b'/', 1"),
    ("move_mount", 429, "3, 0, 3, 0, 0"), ("fsopen", 430, "b'tmpfs', 0"),
    ("pivot_root", 155, "b'/tmp', b'/tmp'"),
    ("name_to_handle_at", 303, "-100, b'/', buffer, buffer, 0"), ("open_by_handle_at", 304, "3, buffer, 0"),
    ("memfd_create", 319, "b'x', 0"), ("memfd_secret", 447, "0"), ("execveat", 322, "3, b'', 0, 0, 4096"),
    ("init_module", 175, "0, 0, b''"), ("finit_module", 313, "3, b'', 0"), ("delete_module", 176, "b'x', 0"),
    ("kexec_load", 246, "0, 0, 0, 0"), ("kexec_file_load", 320, "3, 3, 0, 0, 0"),
    ("reboot", 169, "0, 0, 0, 0"),
    ("swapon", 167, "b'/tmp/x', 0"), ("acct", 163, "0"), ("syslog", 103, "3, buffer, 64"),
    ("settimeofday", 164, "buffer, 0"),
    ("clock_settime", 227, "0, buffer"), ("adjtimex", 159, "buffer"), ("sethostname", 170, "b'x', 1"),
    ("setdomainname", 171, "b'x', 1"), ("iopl", 172, "3"), ("ioperm", 173, "0, 1, 1"),
    ("quotactl", 179, "0, 0, 0, 0"),
    ("fanotify_init", 300, "0, 0"), ("vhangup", 153, ""), ("modify_ldt", 154, "0, buffer, 16"),
    ("set_mempolicy", 238, "0, 0, 0"),
    ("mbind", 237, "0, 0, 0, 0, 0, 0"), ("move_pages", 279, "0, 0, 0, 0, 0, 0"),
    ("migrate_pages", 256, "0, 0, 0, 0"),
    ("shmget", 29, "1, 4096, 0o1666"), ("msgget", 68, "1, 0o1666"), ("semget", 64, "1, 1, 0o1666"),
    ("mq_open", 240, "b'x', 0o102, 0o666, 0"),
    ("personality", 135, "0x0040000"), ("setfsuid", 122, "0"), ("capset", 126, "buffer, buffer"),
    ("seccomp", 317, "0, 0, 0"),
    ("landlock", 444, "0, 0, 1"), ("lookup_dcookie", 212, "0, 0, 0"), ("nfsservctl", 180, "0, 0, 0"),
  ].map { name, number, arguments in
    Attack(name, "syscall(\(number)\(arguments.isEmpty ? "" : ", ")\(arguments))")
  }

  /// The keyring's other calls, and numbers of the processor's older modes.
  private static let calls: [Attack] = [
    Attack("add_key", "syscall(248, b'user', b'x', b'y', 1, -3)"),
    Attack("request_key", "syscall(249, b'user', b'x', 0, -3)"),
    Attack("another ABI's open", "syscall(0x40000002, b'/plugin/__main__.py', 0, 0)"),
    Attack("another ABI's ptrace", "syscall(0x40000209, 0, 0, 0, 0)"),
  ]

  /// Every namespace, by each of the calls that make one.
  private static let namespaces: [Attack] = [
    ("mounts", 0x0002_0000), ("groups", 0x0200_0000), ("host names", 0x0400_0000), ("IPC", 0x0800_0000),
    ("users", 0x1000_0000), ("processes", 0x2000_0000), ("networks", 0x4000_0000),
  ].flatMap { name, flag in
    [
      Attack("unshare \(name)", "check(libc.unshare(\(flag)))"),
      Attack("clone \(name)", "pid = syscall(56, \(flag) | 17, 0, 0, 0, 0)\nif pid == 0: os._exit(0)"),
      Attack(
        "clone users and \(name)",
        "pid = syscall(56, \(flag) | 0x10000000 | 17, 0, 0, 0, 0)\nif pid == 0: os._exit(0)"),
    ]
  }

  // MARK: Who and with whom

  private static let users: [Attack] = [
    "os.setuid(0)", "os.setgid(0)", "os.setgroups([0])", "os.setresuid(0, 0, 0)", "os.setresgid(0, 0, 0)",
    "os.setreuid(0, 0)", "os.seteuid(1)", "os.initgroups('root', 0)", "check(libc.prctl(47, 2, 21, 0, 0))",
    "check(libc.prctl(23, 21, 0, 0, 0)); assert libc.prctl(23, 21, 0, 0, 0) == 1",
    "check(libc.prctl(38, 0, 0, 0, 0)); assert libc.prctl(39, 0, 0, 0, 0) == 0", "os.nice(-5)",
    "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))", "os.setpriority(os.PRIO_PROCESS, 0, -10)",
    "os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-900')", "os.sched_setaffinity(1, {0})",
  ].map { Attack($0, $0) }

  private static let sockets: [Attack] = [
    "socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(('127.0.0.1', 22))",
    "socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(('169.254.169.254', 80))",
    "socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(('10.88.0.1', 80))",
    "socket.socket(socket.AF_INET, socket.SOCK_STREAM).bind(('0.0.0.0', 0))",
    "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('8.8.8.8', 53))",
    "socket.socket(socket.AF_INET6, socket.SOCK_STREAM).connect(('::1', 22))",
    "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b'x', ('2001:4860:4860::8888', 53))",
    "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3)",
    "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)", "socket.socket(40, socket.SOCK_STREAM)",
    "socket.socket(38, socket.SOCK_SEQPACKET)", "socket.socket(socket.AF_BLUETOOTH, socket.SOCK_RAW, 1)",
    "socket.getaddrinfo('discord.com', 443)", "socket.getaddrinfo('metadata.google.internal', 80)",
    "socket.create_connection(('example.com', 80), 2)",
    "socket.socket(socket.AF_UNIX).connect('/run/podman/podman.sock')",
    "socket.socket(socket.AF_UNIX).connect('/var/run/docker.sock')",
    "socket.socket(socket.AF_UNIX).connect('\\0/containerd-shim/x')",
    "assert [l for l in open('/proc/net/dev').readlines()[2:] if not l.strip().startswith('lo:')]",
    "assert len(open('/proc/net/route').readlines()) > 1",
  ].map { Attack($0, $0) }

  // MARK: What is there, and how much of it

  private static let limits: [Attack] = [
    Attack("raise the limit of files", "resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))"),
    Attack("raise the limit of cores", "resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))"),
    Attack("raise the limit of processes", "resource.setrlimit(resource.RLIMIT_NPROC, (1 << 20, 1 << 20))"),
    Attack("open 300 files", "files = [os.dup(0) for _ in range(300)]"),
    Attack(
      "fill /tmp", "f = open('/tmp/fill', 'wb')\nfor _ in range(17): f.write(b'x' * (1 << 20)); f.flush()"),
    Attack(
      "reserve a gigabyte in /tmp",
      "os.posix_fallocate(os.open('/tmp/sparse', os.O_RDWR | os.O_CREAT), 0, 1 << 30)"),
    Attack(
      "fill a sparse file",
      "f = os.open('/tmp/holes', os.O_RDWR | os.O_CREAT)\nos.ftruncate(f, 1 << 40)\n"
        + "for i in range(6000): os.pwrite(f, b'x', i << 20)"),
    Attack(
      "leave a core",
      "pid = os.fork()\nif pid == 0: os.abort()\nos.waitpid(pid, 0)\nassert [n for n in os.listdir('/tmp') if 'core' in n]"
    ),
    Attack(
      "pin 64 MiB of memory",
      "import mmap\nm = mmap.mmap(-1, 64 << 20)\ncheck(libc.mlock(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(m))), ctypes.c_size_t(64 << 20)))"
    ),
  ]

  private static let programs: [Attack] = [
    Attack(
      "run a script in /tmp",
      "open('/tmp/s', 'w').write('#!/usr/bin/python3\\n')\nos.chmod('/tmp/s', 0o755)\nrun(['/tmp/s'])"),
    Attack(
      "run a program in /tmp",
      "shutil.copy('/usr/bin/python3.11', '/tmp/p')\nos.chmod('/tmp/p', 0o755)\nrun(['/tmp/p', '-c', ''])"),
    Attack(
      "run a program in /tmp by the loader",
      "shutil.copy('/usr/bin/python3.11', '/tmp/q')\nrun(['/lib64/ld-linux-x86-64.so.2', '/tmp/q', '-c', ''])"
    ),
    Attack(
      "load a library from /tmp",
      "import _ctypes\nshutil.copy(_ctypes.__file__, '/tmp/l.so')\nctypes.CDLL('/tmp/l.so')"),
    Attack("run the plugin's file", "run(['/plugin/__main__.py'])"),
    Attack("become another by su", "run(['/bin/su', '-c', 'id'])"),
    Attack(
      "a program that becomes root",
      "assert [p for d in ('/usr/bin', '/bin', '/sbin', '/usr/sbin') for p in os.listdir(d) "
        + "if os.stat(os.path.join(d, p)).st_mode & 0o6000]"),
    Attack("a shell", "run(['/bin/sh', '-c', 'true'])"),
    Attack("compile with tools of the image", "run(['gcc', '--version'])"),
    Attack("install with tools of the image", "import pip"),
  ]

  private static let others: [Attack] = [
    Attack(
      "secrets in the environment",
      "assert [k for k in os.environ if k not in ('PATH', 'PYTHONUNBUFFERED', 'PYTHONUTF8')]"),
    Attack(
      "secrets in the first environment",
      "assert b'GUILDHALL' in open('/proc/1/environ', 'rb').read().upper()"),
    Attack(
      "processes of others",
      "mine = [str(p) for p in (1, os.getpid(), os.getppid())]\nassert [p for p in os.listdir('/proc') if p.isdigit() and p not in mine]"
    ),
    Attack(
      "kill others",
      "hits = []\nfor p in range(2, 32768):\n  if p != os.getpid():\n    try: os.kill(p, 0); hits.append(p)\n    except ProcessLookupError: pass\nassert hits"
    ),
    Attack(
      "memory of the first process",
      "open('/proc/1/mem', 'r+b').seek(0x400000)\nopen('/proc/1/mem', 'r+b').read(1)\nassert os.getpid() == 1"
    ),
    Attack("type into a terminal", "import fcntl, termios\nfcntl.ioctl(0, termios.TIOCSTI, b'x')"),
    Attack("a terminal of its own", "os.openpty()[0]\nassert os.listdir('/dev/pts') == []"),
    Attack("names of this machine", "assert os.uname().nodename != 'plugin'"),
    Attack("folders of this machine", "assert '/home' in open('/proc/self/mounts').read()"),
    Attack("kernel pointers", "assert int(open('/proc/kallsyms').readline().split()[0], 16)"),
    Attack("performance counters", "assert int(open('/proc/sys/kernel/perf_event_paranoid').read()) < -1"),
  ]
}
