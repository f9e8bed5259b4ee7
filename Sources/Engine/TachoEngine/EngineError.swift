// SPDX-License-Identifier: Apache-2.0

/// Why the engine cannot do what was asked: what, where, and how to fix it.
package struct EngineError: Error, CustomStringConvertible, Sendable, Equatable {
  package enum Code: String, Sendable {
    /// The model needs something Tacho does not do.
    case unsupported
    /// The model file lacks or contradicts something.
    case badModel = "bad-model"
    /// The configuration contradicts itself or the model.
    case badConfiguration = "bad-configuration"
    /// A batch does not fit the KV store or breaks its rules.
    case badBatch = "bad-batch"
  }

  package let code: Code
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
