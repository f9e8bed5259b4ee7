// SPDX-License-Identifier: Apache-2.0

/// The energy that the machine's own counters (RAPL) charged to one timed region.
///
/// They count whole processor packages and their memory, whoever used them: a reading says whether it can be
/// the worker's (`invalid`), and each domain whether it could be read.
package struct EnergyReading: Sendable, Hashable, Codable {
  package struct Domain: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable {
      /// A processor package with all in it; the memory behind it; a part of a package.
      case package, dram, part
    }

    /// As the system names it: `package-0`, `dram`, `core`; with its package where it is inside one.
    package var name: String
    package var kind: Kind
    /// Joules in the region; nil when they could not be read, for the reason given.
    package var joules: Double?
    package var reason: String?
    /// Its power while the worker slept, before the first sample.
    package var idleWatts: Double?

    package init(
      name: String, kind: Kind, joules: Double?, reason: String? = nil, idleWatts: Double? = nil
    ) {
      self.name = name
      self.kind = kind
      self.joules = joules
      self.reason = reason
      self.idleWatts = idleWatts
    }
  }

  package var domains: [Domain]
  /// Length of the region as these counters saw it.
  package var seconds: Double
  /// Share of all processors' time that other programs used in it.
  package var foreignShare: Double?
  /// Why the joules are not the worker's, or not to be trusted; nil when they are.
  package var invalid: String?

  package init(
    domains: [Domain], seconds: Double, foreignShare: Double? = nil, invalid: String? = nil
  ) {
    self.domains = domains
    self.seconds = seconds
    self.foreignShare = foreignShare
    self.invalid = invalid
  }

  /// The joules of all domains of a kind, or why there is no such sum.
  package func joules(_ kind: Domain.Kind) -> Reading {
    if let invalid { return .unavailable(invalid) }
    let asked = domains.filter { $0.kind == kind }
    guard !asked.isEmpty else {
      return .unavailable("this machine has no RAPL domain of kind \(kind.rawValue)")
    }
    var sum = 0.0
    for domain in asked {
      guard let joules = domain.joules else {
        return .unavailable("\(domain.name): \(domain.reason ?? "not read")")
      }
      sum += joules
    }
    return .value(sum)
  }

  /// Joules of the packages and of memory where it is counted apart, less what they take when idle.
  package func joulesAboveIdle() -> Reading {
    var sum = 0.0
    for kind in [Domain.Kind.package, .dram] where kind == .package || has(kind) {
      let reading = joules(kind)
      guard case .value(let joules) = reading else { return reading }
      sum += joules
    }
    for domain in domains where domain.kind != .part {
      guard let idle = domain.idleWatts else {
        return .unavailable("\(domain.name): its power at idle is not known")
      }
      sum -= idle * seconds
    }
    return .value(sum)
  }

  /// Whether the machine has such a domain, readable or not.
  package func has(_ kind: Domain.Kind) -> Bool { domains.contains { $0.kind == kind } }
}
