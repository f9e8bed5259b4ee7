// SPDX-License-Identifier: Apache-2.0

/// Benjamini and Hochberg's step-up adjustment (1995): of what is rejected at most this share is false
/// in expectation, for independent or positively dependent tests.
package enum BenjaminiHochberg {
  /// Adjusted p-values, parallel to `pValues`: reject where they are at most the false discovery rate.
  package static func adjusted(_ pValues: [Double]) -> [Double] {
    var result = pValues
    var smallest = 1.0
    let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    for (place, index) in order.enumerated().reversed() {
      smallest = min(smallest, pValues[index] * Double(pValues.count) / Double(place + 1))
      result[index] = smallest
    }
    return result
  }
}
