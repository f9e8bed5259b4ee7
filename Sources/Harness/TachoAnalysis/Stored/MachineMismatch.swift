// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord

/// Why figures of two machines are not set side by side: the facts in which their fingerprints differ.
package struct MachineMismatch: Error, Sendable, Hashable, CustomStringConvertible {
  package let then: String
  package let now: String
  /// `cpu.model: A then, B now`, the largest likely effect first.
  package let facts: [String]

  /// Nil for equal fingerprints.
  package init?(_ then: MachineRecord, _ now: MachineRecord) {
    guard then.id != now.id else { return nil }
    self.then = then.name
    self.now = now.name
    let ranked = EnvironmentDifference.all(
      from: EnvironmentFacts([.machine: then.facts]), to: EnvironmentFacts([.machine: now.facts]))
    // A fact without a known effect makes another fingerprint too.
    let rest = Set(then.facts.keys).union(now.facts.keys).subtracting(ranked.map(\.path)).sorted()
    facts =
      ranked.map(\.words)
      + rest.filter { then.facts[$0] != now.facts[$0] }.map { path in
        let (old, new) = (then.facts[path]?.display, now.facts[path]?.display)
        return "\(path): \(old ?? "not on record") then, \(new ?? "not on record") now"
      }
  }

  package var description: String {
    "the stored sweep was measured on another machine (\(then)), or on this one (\(now)) with other "
      + "settings:\n" + facts.map { "  \($0)\n" }.joined()
      + "figures of two machines say nothing of a change; measure a base build here instead: "
      + "tacho gate SUITE --base REF"
  }
}
