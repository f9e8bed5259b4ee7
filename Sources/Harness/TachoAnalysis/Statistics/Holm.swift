// SPDX-License-Identifier: Apache-2.0

/// Holm's step-down adjustment (1979): the chance of even one false rejection among all stays below
/// the level, whatever the dependence of the tests.
package enum Holm {
  /// Adjusted p-values, parallel to `pValues`: reject where they are at most the level.
  package static func adjusted(_ pValues: [Double]) -> [Double] {
    var result = pValues
    var largest = 0.0
    let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    for (place, index) in order.enumerated() {
      largest = max(largest, min(1, pValues[index] * Double(pValues.count - place)))
      result[index] = largest
    }
    return result
  }
}
