// SPDX-License-Identifier: Apache-2.0

/// Why a model cannot be trained as asked: what, where, and how to mend it.
package struct TrainingError: Error, CustomStringConvertible, Sendable, Equatable {
  package enum Code: String, Sendable {
    /// Dimensions that contradict each other.
    case badShape = "bad-shape"
    /// A batch that does not fit the model or breaks its rules.
    case badBatch = "bad-batch"
    /// A recipe that cannot be followed.
    case badRecipe = "bad-recipe"
    /// A file that is not what it should be.
    case badFile = "bad-file"
    /// Something no reader of the file format would understand.
    case unsupported
    /// The loss is no longer a number.
    case diverged
  }

  package let code: Code
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
