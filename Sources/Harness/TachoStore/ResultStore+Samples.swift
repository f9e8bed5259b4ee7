// SPDX-License-Identifier: Apache-2.0
import GRDB
package import TachoRecord

extension ResultStore {
  /// Writes a sample with its observation, measurements and trace, in a transaction of its own.
  package func append(_ sample: SampleRecord) throws {
    try append(sample, doing: "adding a sample")
  }

  /// The same for a sample of a launch pair, together with its place in the pair.
  package func append(_ sample: SampleRecord, _ step: PairRecord.Step, pairID: String) throws {
    try append(sample, doing: "adding a sample of a pair") { database in
      guard
        try Bool.fetchOne(
          database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM pair WHERE id = ?)"),
          arguments: [pairID]) == true
      else { throw StoreError.noSuchPair(id: pairID) }
      try Self.insert(step, pairID: pairID, into: database)
    }
  }

  private func append(
    _ sample: SampleRecord, doing: String, and also: (Database) throws -> Void = { _ in }
  ) throws {
    let text = try SampleText([sample])
    try writeSamples(doing: doing) { database, keys in
      var writer = try SampleWriter(database, keys: keys)
      defer { writer.release() }
      try text.forEach { _, observation, environment in
        try writer.write(sample, observation: observation, environment: environment)
      }
      try also(database)
      return try writer.finish()
    }
  }

  /// Writes samples of one or several runs in a single transaction: all of them or, when one fails, none.
  ///
  /// For samples that are already taken (an import): a process that is killed meanwhile loses them all,
  /// and other writers wait.
  package func append(_ samples: [SampleRecord]) throws {
    guard !samples.isEmpty else { return }
    let texts = SampleTexts(samples)
    defer { texts.stop() }
    try writeSamples(doing: "adding \(samples.count) samples", isBatch: true) { database, keys in
      var writer = try SampleWriter(database, keys: keys)
      defer { writer.release() }
      try texts.write(with: &writer)
      return try writer.finish()
    }
  }
}
