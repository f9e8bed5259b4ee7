// SPDX-License-Identifier: Apache-2.0

/// Why a point became slower, as far as it can be told.
package struct GateCause: Sendable, Hashable, Codable {
  /// One part of the change.
  package struct Part: Sendable, Hashable, Codable {
    /// `matmul.gate_up`, `instructions`, a function's name.
    package var name: String
    /// What it adds, in the unit of its list.
    package var change: Double
    /// As a share of the base's whole.
    package var share: Double
    /// The change's 95% interval, from the order of the launch pairs; nil where there were too few, or where
    /// it is a count.
    package var low: Double?
    package var high: Double?

    package init(
      name: String, change: Double, share: Double, interval: ClosedRange<Double>? = nil
    ) {
      self.name = name
      self.change = change
      self.share = share
      low = interval?.lowerBound
      high = interval?.upperBound
    }
  }

  /// One paragraph that a person can act on.
  package var text: String
  /// ln of the change of instructions, cycles per instruction, frequency and processors busy; empty with
  /// `factorsMissing` where they were not counted.
  package var factors: [Part]
  package var factorsMissing: String?
  /// Seconds per kernel and for what is between kernels, largest first; together the change of a sample.
  package var kernels: [Part]
  package var kernelsMissing: String?
  /// Instructions per function, largest change first, what is not among them last: together the change of a
  /// sample under valgrind.
  package var functions: [Part]
  package var functionsMissing: String?
  /// What else differs between the two sides' conditions, most likely first.
  package var environment: [String]

  package init(
    text: String, factors: [Part] = [], factorsMissing: String? = nil, kernels: [Part] = [],
    kernelsMissing: String? = nil, functions: [Part] = [], functionsMissing: String? = nil,
    environment: [String] = []
  ) {
    self.text = text
    self.factors = factors
    self.factorsMissing = factorsMissing
    self.kernels = kernels
    self.kernelsMissing = kernelsMissing
    self.functions = functions
    self.functionsMissing = functionsMissing
    self.environment = environment
  }
}
