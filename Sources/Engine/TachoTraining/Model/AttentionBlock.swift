// SPDX-License-Identifier: Apache-2.0

/// Some rows of queries of one sequence and the keys they see.
struct AttentionBlock {
  let rows: Range<Int>
  let keys: Range<Int>
  /// Where the first row's mask begins, or -1; rows are `stride` apart.
  let mask: Int
  let maskStride: Int

  /// Divides the sequences of a batch; the array's memory is used again.
  static func divide(
    _ batch: PackedSequences, rows: Int, into blocks: inout [AttentionBlock]
  ) {
    blocks.removeAll(keepingCapacity: true)
    for (index, sequence) in batch.sequences.enumerated() {
      let mask = batch.maskOffsets[index]
      var first = sequence.lowerBound
      while first < sequence.upperBound {
        let end = min(first + rows, sequence.upperBound)
        blocks.append(
          AttentionBlock(
            rows: first..<end,
            keys: sequence.lowerBound..<(mask < 0 ? end : sequence.upperBound),
            mask: mask < 0 ? -1 : mask + (first - sequence.lowerBound) * sequence.count,
            maskStride: sequence.count))
        first = end
      }
    }
  }
}
