// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// What a difference in one fact, or in a family of facts, can do to a measurement.
///
/// To add one: a line in `EnvironmentRule.all`.
struct EnvironmentRule: Sendable {
  /// When two values of a fact are different.
  enum Comparison: Sendable, Hashable {
    case exact
    /// Never: it is an outcome of the measurement, or follows from other facts.
    case ignored
    /// Numbers (of a list the first) that lie at least so far apart.
    case apart(Double)
    /// Numbers that differ by at least this share of the larger.
    case share(Double)

    func differs(_ before: ConfigurationValue, _ after: ConfigurationValue) -> Bool {
      switch self {
      case .ignored: return false
      case .exact: return before != after
      case .apart(let least):
        guard let a = Self.number(before), let b = Self.number(after) else {
          return before != after
        }
        return abs(a - b) >= least
      case .share(let least):
        guard let a = Self.number(before), let b = Self.number(after) else {
          return before != after
        }
        return abs(a - b) >= least * max(abs(a), abs(b)) && a != b
      }
    }

    private static func number(_ value: ConfigurationValue) -> Double? {
      if case .array(let list) = value { return list.first?.doubleValue }
      return value.doubleValue
    }
  }

  let area: EnvironmentFacts.Area
  /// A fact's path, or the beginning of several with a dot at its end.
  let path: String
  let effect: EnvironmentDifference.Effect
  let why: String
  let comparison: Comparison

  init(
    _ area: EnvironmentFacts.Area, _ path: String, _ effect: EnvironmentDifference.Effect,
    _ why: String, _ comparison: Comparison = .exact
  ) {
    self.area = area
    self.path = path
    self.effect = effect
    self.why = why
    self.comparison = comparison
  }

  /// The fact's own rule, else that of the longest family it belongs to; nil for a fact that nothing is
  /// known of.
  static func of(_ area: EnvironmentFacts.Area, _ path: String) -> EnvironmentRule? {
    all.filter { rule in
      rule.area == area
        && (rule.path == path || rule.path.hasSuffix(".") && path.hasPrefix(rule.path))
    }.max { $0.path.utf8.count < $1.path.utf8.count }
  }

  static let all = machine + build + run + conditions

  private static let machine = [
    Self(.machine, "cpu.", .decisive, "another processor"),
    Self(.machine, "cpu.features", .decisive, "other instruction sets: other kernels may run"),
    Self(.machine, "cpu.cores", .large, "threads have other cores to run on"),
    Self(.machine, "cpu.threads", .large, "threads have other processors to run on"),
    Self(.machine, "cpu.sockets", .large, "memory and threads are spread otherwise"),
    Self(.machine, "cpu.smt", .large, "threads may share a core's units"),
    Self(.machine, "cpu.stepping", .moderate, "a processor's revision"),
    Self(.machine, "cpu.microcode", .moderate, "mitigations and power limits come with microcode"),
    Self(.machine, "cache.", .large, "what a kernel reads again may fit or not"),
    Self(.machine, "memory.", .moderate, "another amount often means other memory channels"),
    Self(.machine, "numa.", .large, "memory may be another node's"),
    Self(.machine, "cpufreq.governor", .large, "the clock follows the load, or does not"),
    Self(.machine, "cpufreq.turbo", .large, "the clock's upper limit"),
    Self(.machine, "cpufreq.driver", .moderate, "who chooses the clock"),
    Self(.machine, "cgroup.cpus", .large, "a quota stops threads for parts of each period"),
    Self(.machine, "cgroup.cpuset", .large, "threads may run on other processors"),
    Self(.machine, "cgroup.memory_mib", .small, "page cache and huge pages may be short"),
    Self(.machine, "kernel.", .moderate, "a setting of the operating system"),
    Self(
      .machine, "kernel.transparent_hugepages", .large,
      "weights and KV pages in 4 KiB pages miss the TLB"),
    Self(
      .machine, "kernel.transparent_hugepage_defrag", .small, "how soon huge pages are to be had"),
    Self(.machine, "kernel.reserved_hugepages", .small, "less memory for everything else"),
    Self(.machine, "kernel.aslr", .small, "where code and buffers lie changes from start to start"),
    Self(
      .machine, "kernel.perf_event_paranoid", .none, "what may be counted, not how long it takes"),
    Self(
      .machine, "kernel.release", .moderate, "another scheduler, memory manager and mitigations"),
    Self(.machine, "kernel.mitigations", .moderate, "system calls and branches cost more or less"),
    Self(.machine, "kernel.clocksource", .moderate, "reading the clock may cost a system call"),
    Self(.machine, "counters.", .none, "what can be counted, not how long it takes"),
    Self(.machine, "machine.", .moderate, "another board or virtual machine"),
    Self(.machine, "machine.hypervisor", .large, "virtual processors share real ones"),
    Self(.machine, "os.", .small, "other system libraries"),
  ]

  private static let build = [
    Self(.build, "build.mode", .decisive, "code without optimisation runs many times slower"),
    Self(.build, "build.flags", .large, "code generated otherwise"),
    Self(.build, "build.c_compiler", .large, "the kernels' code generated by another compiler"),
    Self(.build, "build.swift", .moderate, "everything but the kernels by another compiler"),
    Self(.build, "build.executable_sha256", .large, "another program: any of its code may differ"),
    Self(.build, "build.libc", .small, "another C library"),
    Self(.build, "git.revision", .large, "other sources"),
    Self(.build, "git.dirty", .moderate, "sources that no revision holds"),
    Self(.build, "tacho.version", .moderate, "another version"),
    Self(.build, "library.", .none, "a library that no timed region calls"),
    Self(.build, "library.openblas", .small, "only kernel.op: openblas calls it"),
  ]

  private static let run = [
    Self(.run, "model.", .decisive, "another model"),
    Self(.run, "model.sha256", .decisive, "the model's content differs"),
    Self(.run, "model.sha256_covers", .none, "what the digest covers", .ignored),
    Self(.run, "model.filename", .none, "the model's name, not its content"),
    Self(.run, "model.name", .none, "the model's name, not its content"),
    Self(.run, "model.load_seconds", .none, "an outcome", .ignored),
    Self(.run, "model.declared_work", .none, "how the work was declared", .ignored),
    Self(.run, "weights.", .large, "weights are read in another layout"),
    Self(.run, "weights.repack_seconds", .none, "an outcome", .ignored),
    Self(.run, "engine.", .large, "the engine was set up otherwise"),
    Self(.run, "engine.isa", .decisive, "other kernels ran"),
    Self(.run, "engine.threads", .decisive, "another number of threads"),
    Self(.run, "engine.arithmetic", .decisive, "multiplied in another precision"),
    Self(.run, "engine.operations", .none, "follows from the model", .ignored),
    Self(.run, "kv.", .large, "keys and values are stored otherwise"),
    Self(.run, "kernel.", .large, "the kernel benchmark was set up otherwise"),
    Self(.run, "kernel.arithmetic", .decisive, "multiplied in another precision"),
    Self(.run, "kernel.peak_isa", .decisive, "another instruction set"),
    Self(.run, "kernel.openblas_core", .decisive, "another of the library's kernels"),
    Self(.run, "kernel.iterations", .none, "calls in a sample", .ignored),
    Self(.run, "worker.engine", .decisive, "another engine"),
    Self(.run, "worker.version", .large, "another version of the engine"),
    Self(.run, "worker.", .moderate, "the worker was started otherwise"),
    Self(.run, "load.", .moderate, "another load"),
    Self(.run, "clock.", .small, "short samples are read less finely"),
    Self(.run, "counters.", .none, "how counters are read", .ignored),
    Self(.run, "energy.", .none, "what energy could be read of"),
    Self(.run, "callgrind.", .none, "what counted instructions"),
    Self(.run, "callgrind.seconds", .none, "an outcome", .ignored),
  ]

  private static let conditions = [
    Self(.conditions, "doctor.grade", .moderate, "the machine was more, or less, fit to measure"),
    Self(.conditions, "doctor.findings", .none, "the grade says it", .ignored),
    Self(.conditions, "cpu.allowed", .large, "threads may run on other processors"),
    Self(.conditions, "cpu.mhz", .moderate, "the clock at that moment", .share(0.02)),
    Self(.conditions, "load_average", .moderate, "other work is running", .apart(1)),
    Self(.conditions, "pressure.", .moderate, "work waits for this resource", .apart(5)),
    Self(.conditions, "memory.available_mib", .small, "less room for the page cache", .share(0.5)),
    Self(.conditions, "swap.total_mib", .small, "memory may be swapped out"),
    Self(.conditions, "swap.free_mib", .small, "memory was swapped out", .share(0.2)),
    Self(.conditions, "steal_seconds_since_boot", .none, "a count since the boot", .ignored),
  ]
}
