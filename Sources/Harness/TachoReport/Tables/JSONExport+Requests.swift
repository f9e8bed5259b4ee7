// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

extension JSONExport {
  /// The requests of a load run with their times and their own latencies; null for other samples.
  static func requests(_ observation: Observation) -> ConfigurationValue {
    guard let requests = observation.requests else { return .null }
    return .array(requests.map(request))
  }

  private static func request(_ record: RequestRecord) -> ConfigurationValue {
    let metrics = RequestMetrics(record)
    var values: [String: ConfigurationValue] = [:]
    var missing: [String: ConfigurationValue] = [:]
    for quantity in MetricRules.requestQuantities {
      switch quantity.values(of: metrics).median {
      case .value(let value) where value.isFinite: values[quantity.metric.id] = .double(value)
      case .value(let value): missing[quantity.metric.id] = .string("not finite: \(value)")
      case .unavailable(let reason): missing[quantity.metric.id] = .string(reason)
      }
    }
    func whole(_ value: Int?) -> ConfigurationValue { value.map { .int($0) } ?? .null }
    func list(_ values: [Int]?) -> ConfigurationValue {
      values.map { .array($0.map { .int($0) }) } ?? .null
    }
    func text(_ value: String?) -> ConfigurationValue { value.map { .string($0) } ?? .null }
    return .object([
      "scheduled_ns": whole(record.scheduledNs), "sent_ns": whole(record.sentNs),
      "admitted_ns": whole(record.admittedNs), "done_ns": whole(record.doneNs),
      "emission_ns": list(record.emissionNs), "emission_tokens": list(record.emissionTokens),
      "text_ns": list(record.textNs), "prompt_tokens": whole(record.promptTokens),
      "cached_tokens": whole(record.cachedTokens), "output_tokens": whole(record.outputTokens),
      "ended_by_eos": record.endedByEOS.map { .bool($0) } ?? .null,
      "failure": text(record.failure), "output_fingerprint": text(record.outputFingerprint),
      "values": .object(values), "unavailable": .object(missing),
    ])
  }
}
