// SPDX-License-Identifier: Apache-2.0

/// One request's life as a worker saw it; nanoseconds of the worker's CLOCK_MONOTONIC.
///
/// What a worker does not know it leaves out; metrics that need it are then unavailable.
package struct RequestRecord: Sendable, Hashable, Codable {
  /// The intended arrival: from the load's pattern, or when a place became free (closed loop).
  package var scheduledNs: Int?
  /// When it was handed to the engine.
  package var sentNs: Int?
  /// When the engine began its prefill.
  package var admittedNs: Int?
  /// When each emission's tokens were readable on the host, and how many it held (1 each when left out).
  package var emissionNs: [Int]?
  package var emissionTokens: [Int]?
  /// When each emission's text was available.
  package var textNs: [Int]?
  /// When it was known to be over.
  package var doneNs: Int?
  /// Tokens in the prompt, of those served from a cache, and generated.
  package var promptTokens: Int?
  package var cachedTokens: Int?
  package var outputTokens: Int?
  /// Whether an end-of-sequence token ended it, which `outputTokens` then counts.
  package var endedByEOS: Bool?
  /// Why it was not answered; nil when it was.
  package var failure: String?
  /// Identity of the tokens generated.
  package var outputFingerprint: String?

  package init() {}

  /// The one request of a sample of mode `request`.
  package init(_ observation: Observation) {
    scheduledNs = observation.scheduledNs
    sentNs = observation.sentNs
    admittedNs = observation.admittedNs
    emissionNs = observation.emissionNs
    emissionTokens = observation.emissionTokens
    doneNs = observation.doneNs
    promptTokens = observation.promptTokens
    cachedTokens = observation.cachedTokens
    outputTokens = observation.outputTokens
    outputFingerprint = observation.outputFingerprint
  }
}
