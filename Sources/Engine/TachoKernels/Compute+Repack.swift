// SPDX-License-Identifier: Apache-2.0

extension Compute {
  /// What repacking cost.
  package struct Repacking: Sendable {
    /// Bytes of panels written.
    package var bytes = 0
    package var nanoseconds = 0
    /// Why matrices that have panels were left as they are; nil where none were.
    package var omission: String?

    package init(bytes: Int = 0, nanoseconds: Int = 0, omission: String? = nil) {
      self.bytes = bytes
      self.nanoseconds = nanoseconds
      self.omission = omission
    }
  }

  /// Whether products with weights of `type` would read panels, once they are made.
  package func readsPanels(of type: ElementType) -> Bool {
    activationFormat.usesInt8(for: type) && kernels.panels(type) != nil
  }

  /// Repacks those of `matrices` whose products profit, on all workers; what was repacked before stays.
  ///
  /// Nothing is repacked where the system has not the memory for it. Several of the matrices may be
  /// the same weights; those that overlap otherwise, which only a malformed file's do, are left as
  /// they are, so that panels never take more than about twice the memory of what is repacked.
  package func repack(_ matrices: [WeightMatrix]) -> Repacking {
    let began = MonotonicClock.now()
    let wanted = Self.disjoint(
      matrices.filter { $0.panels == nil && readsPanels(of: $0.type) && WeightPanels.fit($0) })
    let sizes = wanted.map { WeightPanels.bytes(for: $0[0]) }
    let total = sizes.reduce(0, +)
    guard total > 0 else { return Repacking() }
    if let available = SystemMemory.available(), total > available {
      return Repacking(
        omission: "repacked weights would take \(total) bytes; the system has \(available)")
    }
    // One piece of memory for all: huge pages throughout, and a layer follows the one before it.
    // Whoever repacks a panel touches its pages first: neither zeroing nor page faults are serial.
    let memory = AlignedBuffer<UInt8>(uninitializedCount: total)
    var offset = 0
    for (same, size) in zip(wanted, sizes) {
      let weights = same[0]
      let panels = WeightPanels(of: weights, in: memory, offset: offset)
      pool.launch("repack", count: panels.count, grain: 4) { _, range in
        for panel in range { panels.repack(panel, of: weights) }
      }
      for matrix in same { matrix.slot.panels = panels }
      offset += size
    }
    return Repacking(bytes: total, nanoseconds: MonotonicClock.now() - began)
  }

  /// The matrices in groups that are the same weights, in order, without those whose bytes overlap with
  /// others.
  private static func disjoint(_ matrices: [WeightMatrix]) -> [[WeightMatrix]] {
    let ascending = matrices.indices.sorted { matrices[$0].pointer < matrices[$1].pointer }
    var groups: [(first: Int, members: [WeightMatrix])] = []
    var end: UnsafeRawPointer?
    for index in ascending {
      let matrix = matrices[index]
      if let last = groups.last?.members[0], last.isSame(as: matrix) {
        groups[groups.count - 1].members.append(matrix)
        groups[groups.count - 1].first = min(groups[groups.count - 1].first, index)
      } else if end.map({ matrix.pointer >= $0 }) ?? true {
        groups.append((index, [matrix]))
        end = matrix.pointer + matrix.bytes
      }
    }
    return groups.sorted { $0.first < $1.first }.map(\.members)
  }
}
