// SPDX-License-Identifier: Apache-2.0
import TachoEngine
import Testing

/// A batch that breaks the rules is an error and changes nothing.
@Suite struct BatchErrorTests {
  private typealias Change = @Sendable (inout [TokenBatch.Row], SequenceID) -> Void

  private static let faults: [(what: String, change: Change)] = [
    ("a negative token", { rows, _ in rows[2].token = -1 }),
    ("the smallest token", { rows, _ in rows[2].token = .min }),
    ("a token beyond the vocabulary", { rows, _ in rows[2].token = 288 }),
    ("the largest token", { rows, _ in rows[2].token = .max }),
    ("a negative position", { rows, _ in rows[3].position = -1 }),
    ("a position out of reach", { rows, _ in rows[3].position = .max }),
    ("a row that is its own parent", { rows, _ in rows[4].parent = 4 }),
    ("a parent after its row", { rows, _ in rows[4].parent = 5 }),
    ("a parent in another sequence", { rows, _ in rows[4].parent = 0 }),
    ("a negative parent", { rows, _ in rows[4].parent = -1 }),
    ("a parent beyond the batch", { rows, _ in rows[4].parent = .max }),
    ("a sequence in two places", { rows, _ in rows[5].sequence = rows[0].sequence }),
    ("a released sequence", { rows, gone in rows[5].sequence = gone }),
    (
      "too many rows",
      { rows, _ in rows += Array(repeating: rows[5], count: 60) }
    ),
  ]

  @Test func faultyBatchesAreErrorsAndChangeNothing() throws {
    let model = try LoadedModel { $0.batchRows = 64 }
    let gone = model.store.makeSequence()
    model.store.release(gone)
    for (what, change) in Self.faults {
      let (first, second) = (try model.sequence([1, 2, 3]), model.store.makeSequence())
      var plain = TokenBatch()
      plain.append([4, 5], to: first, at: 3, wantsLogits: .all)
      plain.append([6, 7, 8, 9], to: second, at: 0, wantsLogits: .all)
      var rows = plain.rows
      change(&rows, gone)
      var faulty = TokenBatch()
      for row in rows { faulty.append(row) }
      let bytes = model.store.pool.bytesInUse
      let error = #expect(throws: EngineError.self, "\(what)") {
        try model.transformer.forward(faulty, model.store)
      }
      #expect(error?.code == .badBatch, "\(what)")
      #expect(error?.message.isEmpty == false)
      #expect(try model.store.length(of: first) == 3, "\(what)")
      #expect(try model.store.length(of: second) == 0, "\(what)")
      #expect(model.store.pool.bytesInUse == bytes, "\(what)")
      #expect(try model.run(plain).count == 6, "\(what)")
    }
  }
}
