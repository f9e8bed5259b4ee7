// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// One thing that was otherwise when another number was measured, with what it may do to the number.
///
/// Every comparison of two numbers can show these: a rerun, a gate, a calibration taken elsewhere.
package struct EnvironmentDifference: Sendable, Hashable {
  /// How much a difference may change a number: the order in which differences are shown.
  ///
  /// It is what such a difference can do, not what it did.
  package enum Effect: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// Another thing was measured: model, processor, arithmetic.
    case decisive
    /// Tens of percent.
    case large
    /// Some percent.
    case moderate
    /// A percent at most, or only the slowest samples.
    case small
    /// On record on one side only, or nothing is known of such a fact.
    case unknown
    /// A name, or what bears on other figures.
    case none

    package static func < (left: Effect, right: Effect) -> Bool { left.rawValue < right.rawValue }

    package var name: String {
      switch self {
      case .decisive: "decisive"
      case .large: "large"
      case .moderate: "moderate"
      case .small: "small"
      case .unknown: "unknown"
      case .none: "none"
      }
    }
  }

  package let area: EnvironmentFacts.Area
  package let path: String
  /// Nil where it is not on record.
  package let before: ConfigurationValue?
  package let after: ConfigurationValue?
  package let effect: Effect
  /// Why it may have that effect, in words.
  package let why: String

  /// `kernel.release: 6.1.0 then, 6.2.0 now`.
  package var words: String {
    "\(path): \(before?.display ?? "not on record") then, \(after?.display ?? "not on record") now"
  }

  /// All differences, those of the largest likely effect first, equals by path.
  package static func all(
    from before: EnvironmentFacts, to after: EnvironmentFacts
  ) -> [EnvironmentDifference] {
    let sameProgram = isSameProgram(before, after)
    let found = EnvironmentFacts.Area.allCases.flatMap { area in
      let paths = Set((before.areas[area] ?? [:]).keys).union((after.areas[area] ?? [:]).keys)
      return paths.compactMap { path -> EnvironmentDifference? in
        // The sources around one and the same program may have moved on.
        if area == .build, path.hasPrefix("git."), sameProgram { return nil }
        return difference(area, path, before.known(area, path), after.known(area, path))
      }
    }
    return found.sorted {
      ($0.effect, $0.path, $0.area.rawValue) < ($1.effect, $1.path, $1.area.rawValue)
    }
  }

  private static func isSameProgram(_ before: EnvironmentFacts, _ after: EnvironmentFacts) -> Bool {
    let program = "build.executable_sha256"
    guard let digest = before.known(.build, program) else { return false }
    return digest == after.known(.build, program)
  }

  private static func difference(
    _ area: EnvironmentFacts.Area, _ path: String, _ before: ConfigurationValue?,
    _ after: ConfigurationValue?
  ) -> EnvironmentDifference? {
    let rule = EnvironmentRule.of(area, path)
    guard rule?.comparison != .ignored, before != after else { return nil }
    guard let before, let after else {
      // What moves from moment to moment is not missed.
      if rule?.effect == EnvironmentDifference.Effect.none || rule?.comparison != .exact {
        return nil
      }
      return EnvironmentDifference(
        area: area, path: path, before: before, after: after, effect: .unknown,
        why: "on record on one side only" + (rule.map { "; \($0.why)" } ?? ""))
    }
    if let rule, !rule.comparison.differs(before, after) { return nil }
    return EnvironmentDifference(
      area: area, path: path, before: before, after: after, effect: rule?.effect ?? .unknown,
      why: rule?.why ?? "nothing is known of what it does")
  }
}
