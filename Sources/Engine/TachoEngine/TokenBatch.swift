// SPDX-License-Identifier: Apache-2.0

/// The input of one forward pass: rows of any sequences, ragged.
///
/// Static and continuous batching, chunked prefill and tree verification are ways of filling it.
package struct TokenBatch: Sendable {
  package struct Row: Sendable {
    package var token: Int32
    package var position: Int
    package var sequence: SequenceID
    /// The row of this batch that comes before this one in its sequence; nil for the first new
    /// token.
    ///
    /// Rows with the same parent are branches of a token tree.
    package var parent: Int?
    package var wantsLogits: Bool

    package init(
      token: Int32, position: Int, sequence: SequenceID, parent: Int?, wantsLogits: Bool
    ) {
      self.token = token
      self.position = position
      self.sequence = sequence
      self.parent = parent
      self.wantsLogits = wantsLogits
    }
  }

  /// Rows of one sequence stand together.
  package private(set) var rows: [Row] = []

  package init() {}

  package var count: Int { rows.count }

  /// A linear run of tokens that continues `sequence` at `position`.
  package mutating func append(
    _ tokens: some Collection<Int32>, to sequence: SequenceID, at position: Int,
    wantsLogits: LogitsRows
  ) {
    for (index, token) in tokens.enumerated() {
      let wanted: Bool
      switch wantsLogits {
      case .none: wanted = false
      case .last: wanted = index == tokens.count - 1
      case .all: wanted = true
      }
      rows.append(
        Row(
          token: token, position: position + index, sequence: sequence,
          parent: index == 0 ? nil : rows.count - 1, wantsLogits: wanted))
    }
  }

  /// One row of a token tree.
  package mutating func append(_ row: Row) { rows.append(row) }

  package enum LogitsRows: Sendable { case none, last, all }
}
