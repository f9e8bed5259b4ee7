// SPDX-License-Identifier: Apache-2.0

extension Compute {
  /// What repacking cost.
  package struct Repacking: Sendable {
    package var bytes = 0
    package var nanoseconds = 0

    package init(bytes: Int = 0, nanoseconds: Int = 0) {
      self.bytes = bytes
      self.nanoseconds = nanoseconds
    }
  }

  /// Whether products with `weights` would read panels, once they are made.
  package func readsPanels(of type: ElementType) -> Bool {
    activationFormat.usesInt8(for: type) && kernels.panels(type) != nil
  }

  /// Repacks those of `matrices` whose products profit, on all workers; what was repacked before stays.
  ///
  /// Must not run beside a product that uses these matrices.
  package func repack(_ matrices: [WeightMatrix]) -> Repacking {
    let began = MonotonicClock.now()
    let wanted = matrices.filter { $0.panels == nil && readsPanels(of: $0.type) }
    let sizes = wanted.map(WeightPanels.bytes(for:))
    // One piece of memory for all: huge pages throughout, and a layer follows the one before it.
    // Whoever repacks a panel touches its pages first: neither zeroing nor page faults are serial.
    let memory = AlignedBuffer<UInt8>(uninitializedCount: sizes.reduce(0, +))
    var work: [(weights: WeightMatrix, panels: WeightPanels)] = []
    var offset = 0
    for (weights, size) in zip(wanted, sizes) where size > 0 && weights.panels == nil {
      let panels = WeightPanels(of: weights, in: memory, offset: offset)
      weights.slot.panels = panels
      work.append((weights, panels))
      offset += size
    }
    guard !work.isEmpty else { return Repacking() }
    for (weights, panels) in work {
      pool.launch("repack", count: panels.count, grain: 4) { _, range in
        for panel in range { panels.repack(panel, of: weights) }
      }
    }
    return Repacking(
      bytes: offset,
      nanoseconds: MonotonicClock.now() - began)
  }
}
