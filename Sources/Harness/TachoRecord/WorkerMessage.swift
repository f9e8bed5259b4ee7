// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// The worker protocol: JSON lines on stdin (requests) and stdout (replies), one reply per request,
/// in order.
///
/// Described for other languages in `Sources/Harness/TachoRun/WorkerProtocol.md`.
package enum WorkerProtocol {
  package static let version = 1
}

/// A request to a worker: `{"type":"hello","protocol":1}` and so on.
package enum WorkerRequest: Sendable, Hashable {
  case hello(protocol: Int)
  /// `collect` names collectors, `events` what the collector `counters` counts.
  case prepare(
    kind: String, configuration: Configuration, recordLaunches: LaunchRecording,
    collect: [String] = [],
    events: [String] = [])
  case sample(index: Int, seed: UInt64)
  /// What was recorded of a sample that the worker said it holds.
  case trace(index: Int)
  case finish
}

/// A worker's reply.
package enum WorkerReply: Sendable, Hashable {
  case hello(protocol: Int, engine: String, version: String, kinds: [String])
  /// Facts about what was prepared; `flops`, `bytes` estimates may be among them.
  case prepared(facts: [String: ConfigurationValue])
  case sample(Observation)
  case trace(SampleTrace)
  case finished(facts: [String: ConfigurationValue])
  /// The request could not be met: `code` is for programs, `message` says what, where and how to fix it.
  case error(code: String, message: String)
}

extension WorkerRequest: Codable {
  private enum Key: String, CodingKey {
    case type, `protocol`, kind, configuration, recordLaunches = "record_launches", collect, events,
      index, seed
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch try container.decode(String.self, forKey: .type) {
    case "hello": self = .hello(protocol: try container.decode(Int.self, forKey: .protocol))
    case "prepare":
      self = .prepare(
        kind: try container.decode(String.self, forKey: .kind),
        configuration: try container.decode(Configuration.self, forKey: .configuration),
        recordLaunches: try container.decodeIfPresent(LaunchRecording.self, forKey: .recordLaunches)
          ?? .none,
        collect: try container.decodeIfPresent([String].self, forKey: .collect) ?? [],
        events: try container.decodeIfPresent([String].self, forKey: .events) ?? [])
    case "sample":
      self = .sample(
        index: try container.decode(Int.self, forKey: .index),
        seed: try container.decode(UInt64.self, forKey: .seed))
    case "trace": self = .trace(index: try container.decode(Int.self, forKey: .index))
    case "finish": self = .finish
    case let other:
      throw DecodingError.dataCorruptedError(
        forKey: .type, in: container,
        debugDescription:
          "unknown request type '\(other)': expected hello, prepare, sample, trace or finish")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .hello(let version):
      try container.encode("hello", forKey: .type)
      try container.encode(version, forKey: .protocol)
    case .prepare(let kind, let configuration, let recordLaunches, let collect, let events):
      try container.encode("prepare", forKey: .type)
      try container.encode(kind, forKey: .kind)
      try container.encode(configuration, forKey: .configuration)
      try container.encode(recordLaunches, forKey: .recordLaunches)
      if !collect.isEmpty { try container.encode(collect, forKey: .collect) }
      if !events.isEmpty { try container.encode(events, forKey: .events) }
    case .sample(let index, let seed):
      try container.encode("sample", forKey: .type)
      try container.encode(index, forKey: .index)
      try container.encode(seed, forKey: .seed)
    case .trace(let index):
      try container.encode("trace", forKey: .type)
      try container.encode(index, forKey: .index)
    case .finish: try container.encode("finish", forKey: .type)
    }
  }
}

extension WorkerReply: Codable {
  private enum Key: String, CodingKey {
    case type, `protocol`, engine, version, kinds, facts, observation, trace, code, message
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch try container.decode(String.self, forKey: .type) {
    case "hello":
      self = .hello(
        protocol: try container.decode(Int.self, forKey: .protocol),
        engine: try container.decode(String.self, forKey: .engine),
        version: try container.decode(String.self, forKey: .version),
        kinds: try container.decode([String].self, forKey: .kinds))
    case "prepared":
      self = .prepared(
        facts: try container.decodeIfPresent([String: ConfigurationValue].self, forKey: .facts)
          ?? [:])
    case "sample": self = .sample(try container.decode(Observation.self, forKey: .observation))
    case "trace": self = .trace(try container.decode(SampleTrace.self, forKey: .trace))
    case "finished":
      self = .finished(
        facts: try container.decodeIfPresent([String: ConfigurationValue].self, forKey: .facts)
          ?? [:])
    case "error":
      self = .error(
        code: try container.decode(String.self, forKey: .code),
        message: try container.decode(String.self, forKey: .message))
    case let other:
      throw DecodingError.dataCorruptedError(
        forKey: .type, in: container,
        debugDescription:
          "unknown reply type '\(other)': expected hello, prepared, sample, trace, finished or error"
      )
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .hello(let version, let engine, let engineVersion, let kinds):
      try container.encode("hello", forKey: .type)
      try container.encode(version, forKey: .protocol)
      try container.encode(engine, forKey: .engine)
      try container.encode(engineVersion, forKey: .version)
      try container.encode(kinds, forKey: .kinds)
    case .prepared(let facts):
      try container.encode("prepared", forKey: .type)
      try container.encode(facts, forKey: .facts)
    case .sample(let observation):
      try container.encode("sample", forKey: .type)
      try container.encode(observation, forKey: .observation)
    case .trace(let trace):
      try container.encode("trace", forKey: .type)
      try container.encode(trace, forKey: .trace)
    case .finished(let facts):
      try container.encode("finished", forKey: .type)
      try container.encode(facts, forKey: .facts)
    case .error(let code, let message):
      try container.encode("error", forKey: .type)
      try container.encode(code, forKey: .code)
      try container.encode(message, forKey: .message)
    }
  }
}
