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
    var work: [(weights: WeightMatrix, panels: WeightPanels)] = []
    for weights in matrices where weights.panels == nil && readsPanels(of: weights.type) {
      guard let panels = WeightPanels(for: weights) else { continue }
      weights.slot.panels = panels
      work.append((weights, panels))
    }
    guard !work.isEmpty else { return Repacking() }
    for (weights, panels) in work {
      pool.launch("repack", count: panels.count, grain: 4) { _, range in
        for panel in range { panels.repack(panel, of: weights) }
      }
    }
    return Repacking(
      bytes: work.reduce(0) { $0 + $1.panels.bytes },
      nanoseconds: MonotonicClock.now() - began)
  }
}
