// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import TachoRun
import Testing

/// The probes on made-up /proc and /sys trees, and on this machine.
@Suite struct ProbeTests {
  static let serverTree: [String: String] = {
    var tree = [
      "/proc/cpuinfo": """
      processor\t: 0
      vendor_id\t: GenuineIntel
      cpu family\t: 6
      model\t\t: 143
      model name\t: Imaginary Xeon
      stepping\t: 8
      microcode\t: 0x2b000571
      flags\t\t: fpu sse4_2 avx2 fma avx512f amx_int8 unknown

      processor\t: 1
      model name\t: Another
      """,
      "/proc/meminfo": "MemTotal:       24684092 kB\nMemAvailable:  1048576 kB\n",
      "/proc/sys/kernel/osrelease": "6.1.0-30-amd64\n",
      "/etc/os-release": "NAME=x\nPRETTY_NAME=\"Imaginary 12\"\n",
      "/sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
      "/sys/devices/system/node/node0/x": "", "/sys/devices/system/node/node1/x": "",
      "/sys/devices/system/cpu/intel_pstate/no_turbo": "1\n",
      "/sys/devices/system/cpu/cpu0/cache/index0/level": "1\n",
      "/sys/devices/system/cpu/cpu0/cache/index0/type": "Data\n",
      "/sys/devices/system/cpu/cpu0/cache/index0/size": "48K\n",
      "/sys/devices/system/cpu/cpu0/cache/index0/shared_cpu_list": "0,4\n",
      "/proc/self/cgroup": "0::/a/b\n",
      "/sys/fs/cgroup/a/cpu.max": "150000 100000\n",
      "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/a/b/memory.max": "1073741824\n",
      "/proc/stat": "cpu  1 2 3 4 5 6 7 250 0 0\ncpu0 1\n",
      "/proc/pressure/cpu": "some avg10=2.50 avg60=1.00 avg300=0.00 total=40275852\n",
      "/proc/loadavg": "0.50 0.25 0.10 1/200 999\n",
    ]
    // Two sockets of two cores of two threads.
    for cpu in 0..<8 {
      let folder = "/sys/devices/system/cpu/cpu\(cpu)"
      tree["\(folder)/topology/physical_package_id"] = "\(cpu / 4)\n"
      tree["\(folder)/topology/core_id"] = "\(cpu % 2)\n"
      tree["\(folder)/cpufreq/scaling_governor"] = cpu == 7 ? "powersave\n" : "performance\n"
      tree["\(folder)/cpufreq/scaling_driver"] = "intel_pstate\n"
    }
    return tree
  }()

  @Test func server() throws {
    let facts = try FakeFiles.with(Self.serverTree) {
      MachineProbe(files: $0, probesCounters: false).facts()
    }
    let expected: [String: ConfigurationValue] = [
      "cpu.model": "Imaginary Xeon", "cpu.vendor": "GenuineIntel", "cpu.family": "6",
      "cpu.stepping": "8", "cpu.microcode": "0x2b000571",
      "cpu.features": ["amx_int8", "avx2", "avx512f", "fma", "sse4_2"],
      "cpu.sockets": 2, "cpu.cores": 4, "cpu.threads": 8, "cpu.smt": true,
      "cache.l1d": "48K, cpu0's shared by cpus 0,4", "machine.hypervisor": "none seen",
      "cpufreq.governor": "performance, powersave", "cpufreq.driver": "intel_pstate",
      "cpufreq.turbo": false, "numa.nodes": 2, "memory.total_mib": 24064,
      "kernel.release": "6.1.0-30-amd64", "os.name": "Imaginary 12",
      "kernel.transparent_hugepages": "madvise", "cgroup.cpus": 1.5, "cgroup.memory_mib": 1024,
    ]
    for (key, value) in expected { #expect(facts[key] == value, "\(key)") }
    #expect(facts["kernel.aslr"]?.stringValue?.hasPrefix("unavailable: cannot read") == true)
  }

  @Test func legacyControlGroups() throws {
    let tree = [
      "/proc/self/cgroup": "4:memory:/job/7\n1:cpu,cpuacct:/job\n0::/\n",
      "/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": "50000\n",
      "/sys/fs/cgroup/cpu/job/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/memory/job/memory.limit_in_bytes": "2147483648\n",
    ]
    let facts = try FakeFiles.with(tree) { MachineProbe(files: $0, probesCounters: false).facts() }
    #expect(facts["cgroup.cpus"] == 0.5 && facts["cgroup.memory_mib"] == 2048)
  }

  /// Nothing readable: every fact is there and says so.
  @Test func emptyTree() throws {
    let facts = try FakeFiles.with([:]) { MachineProbe(files: $0, probesCounters: false).facts() }
    for key in ["cpu.model", "cpu.threads", "cache", "memory.total_mib", "cpufreq.governor"] {
      #expect(facts[key]?.stringValue?.hasPrefix("unavailable: ") == true, "\(key)")
    }
    #expect(facts["cgroup.cpus"] == "no limit")
  }

  @Test func conditions() throws {
    let facts = try FakeFiles.with(Self.serverTree) { ConditionsProbe(files: $0).facts() }
    #expect(facts["load_average"] == [0.5, 0.25, 0.1])
    #expect(facts["memory.available_mib"] == 1024)
    #expect(facts["steal_seconds_since_boot"] == 2.5 && facts["pressure.cpu"] == 2.5)
    #expect(facts["pressure.io"]?.stringValue?.hasPrefix("unavailable") == true)
  }

  @Test func thisMachineIsTheSameTwice() {
    let first = MachineProbe().record()
    let second = MachineProbe().record()
    #expect(first == second && first.id.count == 16 && !first.name.isEmpty)
    #expect(first.facts["counters.cycles"] != nil && first.facts["counters.pmus"] != nil)
    #expect(!ConfigurationValue.object(first.facts).canonicalJSON.contains(first.name))
    print("this machine: \(ConfigurationValue.object(first.facts).canonicalJSON)")
  }

  @Test func thisBuild() {
    let build = BuildProbe(version: "9.9").record()
    #expect(build.facts["tacho.version"] == "9.9")
    #expect(build.facts["build.executable_sha256"]?.stringValue?.count == 16)
    #expect(build.facts["build.c_compiler"]?.stringValue?.isEmpty == false)
    #expect(build.facts["git.revision"] != nil && build.facts["git.dirty"] != nil)
    let nothing = BuildProbe(version: "9.9", executable: "/nowhere/tacho").record()
    #expect(nothing.facts["git.revision"]?.stringValue?.hasPrefix("unavailable") == true)
    #expect(
      nothing.facts["build.executable_sha256"]?.stringValue?.hasPrefix("unavailable") == true)
    print("this build: \(ConfigurationValue.object(build.facts).canonicalJSON)")
  }

  @Test func cacheSizes() throws {
    let root = "/sys/devices/system/cpu/cpu0/cache"
    var tree: [String: String] = [:]
    for (index, level, type, size) in [
      (0, 1, "Data", "48K"), (1, 1, "Instruction", "32K"), (2, 2, "Unified", "2048K"),
      (3, 3, "Unified", "260M"), (4, 4, "Unified", "many"),
    ] {
      tree["\(root)/index\(index)/level"] = "\(level)\n"
      tree["\(root)/index\(index)/type"] = type + "\n"
      tree["\(root)/index\(index)/size"] = size + "\n"
    }
    try FakeFiles.with(tree) { files in
      #expect(CacheSizes(files: files).bytes == [1: 48 << 10, 2: 2 << 20, 3: 260 << 20])
    }
    try FakeFiles.with([:]) { #expect(CacheSizes(files: $0).bytes.isEmpty) }
  }
}
