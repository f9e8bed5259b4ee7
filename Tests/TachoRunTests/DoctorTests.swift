// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoRun
import Testing

/// The doctor on made-up machines.
@Suite struct DoctorTests {
  static let cpu = "/sys/devices/system/cpu"

  /// A server with nothing to mend.
  static let healthy: [String: String] = {
    var tree = [
      "/proc/cpuinfo": "processor: 0\nflags\t: fpu avx2\n",
      "/proc/meminfo": "MemTotal: 67108864 kB\nMemAvailable: 60000000 kB\nSwapTotal: 0 kB\n"
        + "SwapFree: 0 kB\n",
      "/proc/loadavg": "0.02 0.05 0.10 1/200 999\n",
      "/proc/self/status": "Name:\tx\nCpus_allowed_list:\t0-3\n",
      "/proc/sys/kernel/randomize_va_space": "2\n",
      "/proc/sys/kernel/perf_event_paranoid": "1\n", "/proc/sys/vm/nr_hugepages": "0\n",
      "/proc/sys/kernel/osrelease": "6.1.0\n", "/boot/config-6.1.0": "CONFIG_HZ=250\n",
      "/sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
      "/sys/kernel/mm/transparent_hugepage/defrag": "always defer [madvise] never\n",
      "/sys/devices/system/node/node0/x": "",
      "/sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
      "/sys/bus/event_source/devices/cpu/type": "4\n",
      "/sys/class/powercap/intel-rapl:0/energy_uj": "5\n",
      "\(cpu)/online": "0-3\n", "\(cpu)/smt/active": "0\n",
      "\(cpu)/intel_pstate/no_turbo": "1\n", "\(cpu)/nohz_full": "1-3\n",
      "\(cpu)/vulnerabilities/mds": "Not affected\n",
    ]
    for number in 0..<4 {
      tree["\(cpu)/cpu\(number)/cpufreq/scaling_governor"] = "performance\n"
      tree["\(cpu)/cpu\(number)/thermal_throttle/core_throttle_count"] = "0\n"
    }
    return tree
  }()

  static func quiet(
    _ change: (inout SampleEnvironment) -> Void = { _ in }
  ) -> SampleEnvironment {
    var seen = SampleEnvironment(wallSeconds: 1)
    seen.processors = 4
    (seen.foreignSeconds, seen.stealSeconds) = (0.01, 0)
    change(&seen)
    return seen
  }

  func doctor(
    _ changes: [String: String?] = [:], variables: [String: String] = [:], debug: Bool = false,
    watch: SampleEnvironment? = quiet()
  ) throws -> Doctor {
    var tree = Self.healthy
    for (path, text) in changes { tree[path] = text }
    return try FakeFiles.with(tree) {
      Doctor(
        Examination(files: $0, variables: variables, isDebugBuild: debug, watch: watch))
    }
  }

  /// The one finding that is not as it should be.
  func complaint(_ doctor: Doctor) throws -> Finding {
    let bad = doctor.findings.filter { $0.severity != .ok }
    try #require(bad.count == 1, "\(bad)")
    #expect(bad[0].cost != nil && bad[0].remedy != nil, "\(bad)")
    #expect(doctor.findings[0] == bad[0])
    return bad[0]
  }

  @Test func nothingToMend() throws {
    let doctor = try doctor()
    #expect(doctor.grade == .a)
    #expect(doctor.findings.allSatisfy { $0.severity == .ok }, "\(doctor.findings)")
    #expect(doctor.findings.count == Doctor.checks.count)
    #expect(Set(doctor.findings.map(\.check)).count == Doctor.checks.count)
    #expect(doctor.text.hasPrefix("Grade A (A: nothing found;"))
    #expect(doctor.conditions == ["doctor.grade": "A", "doctor.findings": []])
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var check: String
    var changes: [String: String?]
    var severity: Finding.Severity
    var observed: String
    var fix: String
    var testDescription: String { "\(check): \(observed)" }
  }

  @Test(arguments: [
    Case(
      check: "governor", changes: ["\(cpu)/cpu2/cpufreq/scaling_governor": "powersave\n"],
      severity: .major, observed: "performance, powersave",
      fix: "echo performance | sudo tee \(cpu)/cpu*/cpufreq/scaling_governor"),
    Case(
      check: "turbo", changes: ["\(cpu)/intel_pstate/no_turbo": "0\n"], severity: .minor,
      observed: "on", fix: "echo 1 | sudo tee \(cpu)/intel_pstate/no_turbo"),
    Case(
      check: "turbo",
      changes: ["\(cpu)/intel_pstate/no_turbo": nil, "\(cpu)/cpufreq/boost": "1\n"],
      severity: .minor, observed: "on", fix: "echo 0 | sudo tee \(cpu)/cpufreq/boost"),
    Case(
      check: "smt", changes: ["\(cpu)/smt/active": "1\n"], severity: .minor, observed: "on",
      fix: "echo off | sudo tee \(cpu)/smt/control"),
    Case(
      check: "huge pages",
      changes: ["/sys/kernel/mm/transparent_hugepage/enabled": "always madvise [never]\n"],
      severity: .minor, observed: "never",
      fix: "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"),
    Case(
      check: "huge page defrag",
      changes: ["/sys/kernel/mm/transparent_hugepage/defrag": "[always] madvise never\n"],
      severity: .minor, observed: "always",
      fix: "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/defrag"),
    Case(
      check: "reserved huge pages", changes: ["/proc/sys/vm/nr_hugepages": "512\n"],
      severity: .note, observed: "512", fix: "sudo sysctl vm.nr_hugepages=0"),
    Case(
      check: "address layout", changes: ["/proc/sys/kernel/randomize_va_space": "0\n"],
      severity: .note, observed: "the same in every process",
      fix: "sudo sysctl kernel.randomize_va_space=2"),
    Case(
      check: "swap",
      changes: [
        "/proc/meminfo": "MemTotal: 4194304 kB\nMemAvailable: 4000000 kB\nSwapTotal: 2097152 kB\n"
          + "SwapFree: 1048576 kB\n"
      ], severity: .major, observed: "1024 of 2048 MiB in use", fix: "sudo swapoff -a"),
    Case(
      check: "memory",
      changes: [
        "/proc/meminfo": "MemTotal: 8388608 kB\nMemAvailable: 1500000 kB\nSwapTotal: 0 kB\n"
          + "SwapFree: 0 kB\n"
      ], severity: .minor, observed: "1464 of 8192 MiB available", fix: "ps -eo rss"),
    Case(
      check: "cpu quota",
      changes: ["/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/cpu.max": "150000 100000\n"],
      severity: .major, observed: "1.5 of 4 processors", fix: "systemctl set-property"),
    Case(
      check: "hybrid cores",
      changes: ["/sys/devices/cpu_core/cpus": "0-1\n", "/sys/devices/cpu_atom/cpus": "2-3\n"],
      severity: .major, observed: "performance cores 0-1, and efficiency cores",
      fix: "taskset -c 0-1"),
    Case(
      check: "hybrid cores",
      changes: ["\(cpu)/cpu0/cpu_capacity": "1024\n", "\(cpu)/cpu1/cpu_capacity": "446\n"],
      severity: .major, observed: "capacities 446, 1024", fix: "taskset -c LIST"),
    Case(
      check: "numa", changes: ["/sys/devices/system/node/node1/x": ""], severity: .minor,
      observed: "2 nodes", fix: "numactl --cpunodebind=0 --membind=0"),
    Case(
      check: "affinity", changes: ["/proc/self/status": "Cpus_allowed_list:\t1-2\n"],
      severity: .note, observed: "processors 1-2 of 0-3", fix: "taskset -c 0-3"),
    Case(
      check: "clock",
      changes: [
        "/sys/devices/system/clocksource/clocksource0/current_clocksource": "hpet\n"
      ], severity: .major, observed: "hpet", fix: "echo tsc | sudo tee"),
    Case(
      check: "kernel tick", changes: ["\(cpu)/nohz_full": nil], severity: .note,
      observed: "250 per second", fix: "boot with nohz_full"),
    Case(
      check: "mitigations",
      changes: ["\(cpu)/vulnerabilities/spectre_v2": "Mitigation; Retpolines\n"],
      severity: .note, observed: "spectre_v2", fix: "cannot be changed without a risk"),
    Case(
      check: "heat", changes: ["\(cpu)/cpu3/thermal_throttle/core_throttle_count": "7\n"],
      severity: .minor, observed: "a core was throttled 7 times since the start",
      fix: "cannot be changed by a command"),
    Case(
      check: "power supply",
      changes: [
        "/sys/class/power_supply/AC/type": "Mains\n", "/sys/class/power_supply/AC/online": "0\n",
      ], severity: .major, observed: "battery", fix: "plug it in"),
    Case(
      check: "counters", changes: ["/proc/sys/kernel/perf_event_paranoid": "3\n"],
      severity: .note, observed: "perf_event_paranoid 3",
      fix: "sudo sysctl kernel.perf_event_paranoid=2"),
  ])
  func oneThingWrong(_ wrong: Case) throws {
    let doctor = try doctor(wrong.changes)
    let found = try complaint(doctor)
    #expect(found.check == wrong.check && found.severity == wrong.severity)
    #expect(found.observed == wrong.observed)
    #expect(found.remedy?.text.contains(wrong.fix) == true, "\(found)")
    let expected: [Finding.Severity: Doctor.Grade] = [.note: .a, .minor: .b, .major: .c]
    #expect(doctor.grade == expected[wrong.severity])
    #expect(doctor.text.contains("mend:  " + (found.remedy?.text ?? "?")))
  }

  @Test func othersAndSteal() throws {
    for (foreign, severity) in [
      (0.05, Finding.Severity.ok), (0.1, .minor), (0.5, .major), (2.5, .severe),
    ] {
      let doctor = try doctor(watch: Self.quiet { $0.foreignSeconds = foreign })
      let finding = try #require(doctor.findings.first { $0.check == "other processes" })
      #expect(finding.severity == severity, "\(finding)")
      #expect(finding.observed.contains("load average 0.02"))
    }
    #expect(try complaint(doctor(watch: Self.quiet { $0.stealSeconds = 0.05 })).severity == .major)
    #expect(try doctor(watch: Self.quiet { $0.stealSeconds = 0.2 }).grade == .f)
    let unwatched = try doctor(watch: nil)
    #expect(unwatched.grade == .a)
    #expect(unwatched.findings.count { $0.severity == .unknown } == 2)
  }

  @Test func programAndVariables() throws {
    let debug = try doctor(debug: true)
    #expect(debug.grade == .f && debug.findings[0].remedy == .command("swift build -c release"))
    let variables = try complaint(doctor(variables: ["OMP_NUM_THREADS": "3"]))
    #expect(variables.observed == "OMP_NUM_THREADS=3" && variables.severity == .minor)
    #expect(variables.remedy == .command("unset OMP_NUM_THREADS"))
  }

  @Test func grades() throws {
    let governor = ["\(Self.cpu)/cpu2/cpufreq/scaling_governor": "powersave\n"]
    let both = governor.merging(["/sys/devices/system/node/node1/x": ""]) { $1 }
    #expect(try doctor(both).grade == .c)
    let clock = ["/sys/devices/system/clocksource/clocksource0/current_clocksource": "hpet\n"]
    #expect(try doctor(governor.merging(clock) { $1 }).grade == .d)
    #expect(Doctor.Grade.f < .d && Doctor.Grade.b < .a && !(Doctor.Grade.c < .c))
  }

  /// In a virtual machine and in a container the same settings are somebody else's.
  @Test func whoCanChangeIt() throws {
    let wrong = [
      "\(Self.cpu)/smt/active": "1\n",
      "/sys/kernel/mm/transparent_hugepage/enabled": "always madvise [never]\n",
    ]
    let guest = try doctor(wrong.merging(["/proc/cpuinfo": "flags : avx2 hypervisor\n"]) { $1 })
    func remedy(_ doctor: Doctor, _ check: String) -> String? {
      doctor.findings.first { $0.check == check }?.remedy?.text
    }
    #expect(
      remedy(guest, "smt")
        == "cannot be changed inside this virtual machine: it is the host's setting"
    )
    #expect(remedy(guest, "huge pages")?.hasPrefix("echo madvise") == true)
    #expect(guest.findings.first { $0.check == "virtual machine" }?.severity == .minor)
    let boxed = try doctor(wrong.merging(["/.dockerenv": ""]) { $1 })
    #expect(
      remedy(boxed, "huge pages")?.hasPrefix(
        "cannot be changed inside this container; on its host: ")
        == true)
  }

  /// Nothing readable: nothing is made up, and nothing crashes.
  @Test func emptyTree() throws {
    let doctor = try FakeFiles.with([:]) {
      Doctor(Examination(files: $0, variables: [:], isDebugBuild: false, watch: nil))
    }
    #expect(doctor.grade == .a)
    #expect(doctor.findings.count { $0.severity == .unknown } >= 12, "\(doctor.findings)")
  }

  private struct Document: Decodable {
    struct Finding: Decodable {
      let check: String
      let severity: String
      let observed: String
      let cost: String?
      let fix: String?
      let changeable: Bool?
    }
    let schema: String
    let version: Int
    let grade: String
    let rule: String
    let findings: [Finding]
  }

  @Test func json() throws {
    let doctor = try doctor(["\(Self.cpu)/smt/active": "1\n"])
    let document = try JSONDecoder().decode(Document.self, from: Data(doctor.json.utf8))
    #expect(document.schema == "tacho-doctor" && document.version == 1 && document.grade == "B")
    #expect(document.rule == Doctor.rule && document.findings.count == Doctor.checks.count)
    let first = document.findings[0]
    #expect(first.check == "smt" && first.severity == "minor" && first.changeable == true)
    #expect(first.fix?.hasPrefix("echo off") == true && first.cost != nil)
    #expect(document.findings[1].fix == nil && document.findings[1].changeable == nil)
    #expect(
      doctor.conditions["doctor.findings"] == ["minor: smt: on"])
  }

  @Test func thisMachine() throws {
    let examination = Examination.watching(seconds: 0.05)
    #expect((examination.watch?.wallSeconds ?? 0) >= 0.05)
    let doctor = Doctor(examination)
    #expect(doctor.findings.count == Doctor.checks.count)
    print("this machine:\n\(doctor.text)")
  }
}
