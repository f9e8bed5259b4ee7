// SPDX-License-Identifier: Apache-2.0

/// Something that two builds must have alike, or that is counted exactly, and that differs.
package struct GateDifference: Sendable, Hashable, Codable {
  package var seriesID: String
  package var name: String
  /// `output`, or the id of a metric that repeats exactly.
  package var quantity: String
  package var base: String
  package var candidate: String
  /// The relative change where both are numbers above 0.
  package var change: Double?
  /// In words: which token differs first, or by how much a count grew against its budget.
  package var detail: String
  package var isFailure: Bool

  package init(
    seriesID: String, name: String, quantity: String, base: String, candidate: String,
    change: Double?, detail: String, isFailure: Bool
  ) {
    self.seriesID = seriesID
    self.name = name
    self.quantity = quantity
    self.base = base
    self.candidate = candidate
    self.change = change
    self.detail = detail
    self.isFailure = isFailure
  }
}
