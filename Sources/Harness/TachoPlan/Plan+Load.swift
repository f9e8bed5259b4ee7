// SPDX-License-Identifier: Apache-2.0
package import TachoRecord
package import TachoSuite

extension Plan {
  /// Reads a suite file and expands it.
  package static func load(
    suite path: String, kinds: [BenchmarkKind], overrides: [PlanOverride] = [],
    filter: String? = nil
  ) throws(SuiteError) -> Plan {
    let suite = try SuiteFile.read(path: path, kinds: kinds)
    return try Planner(overrides: overrides, filter: filter).plan(suite)
  }
}
