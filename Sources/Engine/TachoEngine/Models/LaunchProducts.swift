// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

/// Launches of one name with the matrices they read.
package struct LaunchProducts: Sendable {
  package let name: String
  /// Launches in a forward pass.
  package private(set) var launches: Int
  package private(set) var matrices: [WeightMatrix]

  /// One launch of a mixer.
  package init(_ name: StaticString, _ matrices: [WeightMatrix]) {
    self.name = name.description
    self.matrices = matrices
    launches = 1
  }

  init(_ name: String) {
    self.name = name
    matrices = []
    launches = 0
  }

  mutating func add(_ other: LaunchProducts) {
    launches += other.launches
    matrices += other.matrices
  }
}
