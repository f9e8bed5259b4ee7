// SPDX-License-Identifier: Apache-2.0
import TachoRecord

extension WorkerRequest {
  /// Its `type` on the wire, for messages.
  var name: String {
    switch self {
    case .hello: return "hello"
    case .prepare: return "prepare"
    case .sample: return "sample"
    case .trace: return "trace"
    case .finish: return "finish"
    }
  }
}

extension WorkerReply {
  /// Its `type` on the wire, for messages.
  var name: String {
    switch self {
    case .hello: return "hello"
    case .prepared: return "prepared"
    case .sample: return "sample"
    case .trace: return "trace"
    case .finished: return "finished"
    case .error: return "error"
    }
  }
}
