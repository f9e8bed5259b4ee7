// SPDX-License-Identifier: Apache-2.0

/// On which processor each worker of a thread pool runs, and why there.
package struct ThreadPlacement: Sendable, Hashable {
  /// The processor of each worker; empty when workers are left where the system puts them.
  package let processors: [Int]
  /// What was chosen and what was avoided, or why nothing was, in a sentence.
  package let reason: String

  package init(processors: [Int], reason: String) {
    self.processors = processors
    self.reason = reason
  }

  /// Above this share of its time a core is busy with something else.
  package static let busyShare = 0.2

  /// Chooses on this machine, whose processors are watched for a moment.
  package static func auto(threads: Int, root: String = "") -> ThreadPlacement {
    guard let topology = ProcessorTopology(root: root) else {
      return ThreadPlacement(
        processors: [], reason: "the system shows no topology of its processors")
    }
    return choose(threads: threads, topology, busy: ProcessorLoad.measure(root: root))
  }

  /// Chooses processors for so many workers (0: one for each fast core of the largest domain).
  ///
  /// Tried in turn: idle fast cores that share a last-level cache, a NUMA node, a package, or nothing; the same with
  /// busy ones; slower cores too; hardware threads of cores already taken. A core's first hardware thread is
  /// taken. Where the domain has more cores than are needed its lowest-numbered one, to which most
  /// interrupts go, is left to the harness and the system.
  ///
  /// - Parameter busy: shares of time by processor; those missing count as idle.
  package static func choose(
    threads: Int, _ topology: ProcessorTopology, busy: [Int: Double] = [:]
  ) -> ThreadPlacement {
    let fast = topology.cores.filter { !$0.isEfficiency }
    let cores = fast.isEmpty ? topology.cores : fast
    let wanted =
      threads > 0
      ? threads : Dictionary(grouping: cores, by: \.cache).values.map(\.count).max() ?? 1
    for idleOnly in [true, false] {
      for scope in Scope.allCases {
        let domains = Dictionary(grouping: cores, by: scope.name).map { name, members in
          Domain(
            name: name,
            cores: idleOnly ? members.filter { share($0, busy) <= busyShare } : members,
            load: members.reduce(0) { $0 + share($1, busy) })
        }
        guard let best = Domain.best(of: domains, for: wanted) else { continue }
        return placed(best, scope, wanted, topology, busy)
      }
    }
    let all = topology.cores
    if all.count >= wanted {
      let chosen = (cores + all.filter(\.isEfficiency)).prefix(wanted).map { $0.processors[0] }
      return ThreadPlacement(
        processors: chosen,
        reason: "\(wanted) cores of \(all.count); only \(cores.count) are fast ones, "
          + "\(wanted - cores.count) efficiency cores had to be taken")
    }
    guard topology.processors.count >= wanted else {
      return ThreadPlacement(
        processors: [],
        reason: "\(wanted) threads, but only \(topology.processors.count) processors may be used "
          + "(\(ProcessorList.text(topology.processors))): threads that take turns are not pinned")
    }
    // One thread of every core before a second one of any.
    let rounds = all.map(\.processors.count).max() ?? 1
    let order = (0..<rounds).flatMap { round in
      (cores + all.filter { !cores.contains($0) }).compactMap {
        round < $0.processors.count ? $0.processors[round] : nil
      }
    }
    return ThreadPlacement(
      processors: Array(order.prefix(wanted)),
      reason: "\(wanted) processors of \(all.count) cores: SMT siblings had to be taken")
  }

  private static func placed(
    _ domain: Domain, _ scope: Scope, _ wanted: Int, _ topology: ProcessorTopology,
    _ busy: [Int: Double]
  ) -> ThreadPlacement {
    let spare = domain.cores.count > wanted ? domain.cores[0] : nil
    let candidates = domain.cores.dropFirst(spare == nil ? 0 : 1)
    // The idlest, in steps that chance does not make; their order among themselves stays.
    let ranked = candidates.enumerated().sorted {
      let (one, other) = (level($0.element, busy), level($1.element, busy))
      return one == other ? $0.offset < $1.offset : one < other
    }
    let chosen = ranked.prefix(wanted).map { $0.element.processors[0] }.sorted()
    var words =
      "\(wanted) fast cores of \(scope.words(domain.name)), which has \(domain.cores.count)"
    let busyOnes = topology.cores.filter { share($0, busy) > busyShare }
    if !busyOnes.isEmpty {
      words += "; busy: \(ProcessorList.text(busyOnes.map { $0.processors[0] }))"
    }
    let siblings = topology.cores.flatMap { core in
      core.siblings.filter { $0 != core.processors[0] }
    }
    if !siblings.isEmpty { words += "; SMT siblings avoided: \(ProcessorList.text(siblings))" }
    let slow = topology.cores.filter(\.isEfficiency).flatMap(\.processors)
    if !slow.isEmpty { words += "; efficiency cores avoided: \(ProcessorList.text(slow))" }
    if let spare { words += "; core \(spare.processors[0]) left to the harness" }
    return ThreadPlacement(processors: chosen, reason: words)
  }

  /// How busy the busiest hardware thread of a core is: what runs beside a worker takes half of its core.
  private static func share(_ core: ProcessorTopology.Core, _ busy: [Int: Double]) -> Double {
    core.siblings.map { busy[$0] ?? 0 }.max() ?? 0
  }

  private static func level(_ core: ProcessorTopology.Core, _ busy: [Int: Double]) -> Int {
    Int(share(core, busy) * 5)
  }
}
