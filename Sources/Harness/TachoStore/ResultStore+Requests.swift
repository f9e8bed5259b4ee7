// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoRecord

/// Requests of load runs: written with their sample, read when asked for.
extension ResultStore {
  static func insert(
    _ requests: [RequestRecord], sample: Int64, into database: Database
  ) throws {
    for (position, request) in requests.enumerated() {
      let origin = request.scheduledNs ?? 0
      try database.cachedStatement(
        sql: """
          INSERT INTO item (sample_key, position, scheduled_ns, sent_ns, admitted_ns, done_ns,
            prompt_tokens, cached_tokens, output_tokens, ended_by_eos, failure, output_fingerprint,
            emission_steps_ns, emission_tokens, text_steps_ns)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        sample, position, request.scheduledNs, request.sentNs, request.admittedNs, request.doneNs,
        request.promptTokens, request.cachedTokens, request.outputTokens, request.endedByEOS,
        StoredForm.text(request.failure), StoredForm.text(request.outputFingerprint),
        StoredForm.steps(request.emissionNs, from: origin),
        StoredForm.list(request.emissionTokens), StoredForm.steps(request.textNs, from: origin),
      ])
    }
  }

  /// The requests of every sample of a sweep, by the sample's key.
  func requests(_ database: Database, _ sweepID: String) throws -> [Int64: [RequestRecord]] {
    var result: [Int64: [RequestRecord]] = [:]
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT item.* FROM item
        JOIN sample ON sample.key = item.sample_key JOIN run ON run.id = sample.run_id
        WHERE run.sweep_id = ? ORDER BY sample_key, item.position
        """, arguments: [sweepID])
    while let row = try rows.next() {
      let key: Int64 = row["sample_key"]
      result[key, default: []].append(try request(row, result[key]?.count ?? 0))
    }
    return result
  }

  private func request(_ row: Row, _ position: Int) throws -> RequestRecord {
    let place = "request \(position) of sample \(row["sample_key"] as Int64)"
    func list(_ column: String) throws -> [Int]? {
      let json: String? = row[column]
      return try json.map {
        try StoredForm.decode([Int].self, $0, path: path, place: "\(column) of \(place)")
      }
    }
    var request = RequestRecord()
    request.scheduledNs = row["scheduled_ns"]
    request.sentNs = row["sent_ns"]
    request.admittedNs = row["admitted_ns"]
    request.doneNs = row["done_ns"]
    request.promptTokens = row["prompt_tokens"]
    request.cachedTokens = row["cached_tokens"]
    request.outputTokens = row["output_tokens"]
    request.endedByEOS = row["ended_by_eos"]
    request.failure = row["failure"]
    request.outputFingerprint = row["output_fingerprint"]
    let origin = request.scheduledNs ?? 0
    request.emissionNs = try list("emission_steps_ns").map { StoredForm.sums($0, from: origin) }
    request.emissionTokens = try list("emission_tokens")
    request.textNs = try list("text_steps_ns").map { StoredForm.sums($0, from: origin) }
    return request
  }
}
