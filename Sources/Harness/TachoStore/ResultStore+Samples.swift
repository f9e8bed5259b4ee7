// SPDX-License-Identifier: Apache-2.0
import GRDB
import Synchronization
package import TachoRecord

extension ResultStore {
  /// Writes a sample with its observation, measurements and trace, in a transaction of its own.
  package func append(_ sample: SampleRecord) throws {
    try append([sample], doing: "adding a sample")
  }

  /// Writes samples of one or several runs in a single transaction: all of them or, when one fails, none.
  ///
  /// For samples that are already taken (an import): a process that is killed meanwhile loses them all,
  /// and other writers wait.
  package func append(_ samples: [SampleRecord]) throws {
    guard !samples.isEmpty else { return }
    try append(samples, doing: "adding \(samples.count) samples")
  }

  private func append(_ samples: [SampleRecord], doing: String) throws {
    let observations = try samples.map { try StoredForm.json($0.observation) }
    let environments = try samples.map { try $0.environment.map { try StoredForm.json(of: $0) } }
    let known = keys.withLock { $0 }
    let found = try write(doing: doing) { database in
      var writer = try SampleWriter(database, keys: known)
      for (index, sample) in samples.enumerated() {
        try writer.write(
          sample, observation: observations[index], environment: environments[index])
      }
      return writer.keys
    }
    keys.withLock { $0 = found }
  }
}
