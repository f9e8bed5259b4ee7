// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoRecord
import TachoRun
import Testing

/// Every fact that the probes of this program find has a rule of what it can do.
@Suite struct EnvironmentRuleCoverageTests {
  @Test func everyProbedFactIsKnown() {
    let machine = MachineProbe().facts()
    let build = BuildProbe(
      version: "1", executable: "/bin/true", libraries: ["sqlite": "3", "openblas": "0"]
    ).record().facts
    let conditions = ConditionsProbe().facts().merging(Doctor(.watching(seconds: 0.01)).conditions)
    { $1 }
    for (area, facts) in [
      (EnvironmentFacts.Area.machine, machine), (.build, build), (.conditions, conditions),
    ] {
      #expect(!facts.isEmpty)
      for path in facts.keys {
        let found = EnvironmentDifference.all(
          from: EnvironmentFacts([area: [path: .string("one value")]]),
          to: EnvironmentFacts([area: [path: .string("another")]]))
        // Those that are ignored on purpose give no difference.
        #expect(found.allSatisfy { $0.effect != .unknown }, "\(area) \(path) has no rule")
      }
    }
  }
}
