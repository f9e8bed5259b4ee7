// SPDX-License-Identifier: Apache-2.0
import TachoEngine
import TachoKernels
import TachoRecord

/// What passes over a model must read and multiply at the least, whichever engine does them.
struct DeclaredWork {
  let model: Model
  /// Most rows of one forward pass.
  let batchRows: Int
  let kvFormat: KVFormat

  /// Fills in `weightBytes`, `kvBytes` and `flops` from the observation's counts of tokens.
  func account(_ observation: inout Observation, depth: Int) {
    // What came from a prefix cache is depth like any other.
    let cached = observation.cachedTokens ?? 0
    let depth = depth + cached
    let prompt = (observation.promptTokens ?? 0) - cached
    let output = observation.outputTokens ?? 0
    let inRequest = observation.admittedNs != nil
    // A request's last token is emitted but never fed.
    let steps = inRequest ? max(0, output - 1) : output
    let prefillPasses = (prompt + batchRows - 1) / batchRows
    let head = model.output.bytes
    let logitsPasses = steps + (prompt > 0 ? 1 : 0)
    let body = model.weightBytesPerPass - head
    observation.weightBytes =
      Double(prefillPasses + steps) * Double(body) + Double(logitsPasses) * Double(head)
    let layouts = model.kvLayouts(pageTokens: 16, format: kvFormat)
    let tokenBytes = layouts.reduce(0) { $0 + $1.tokenBytes }
    var slots = 0
    for pass in 0..<prefillPasses { slots += depth + min(prompt, (pass + 1) * batchRows) }
    for step in 0..<steps { slots += depth + prompt + step + 1 }
    observation.kvBytes = Double(slots) * Double(tokenBytes)
    let headFLOPs = 2 * model.output.rows * model.output.columns
    let rows = prompt + steps
    var seen = 0.0
    for row in 0..<rows { seen += Double(depth + row + 1) }
    let shape = model.configuration
    let attention = 4.0 * Double(shape.heads * shape.headDimension * model.layers.count) * seen
    observation.flops =
      Double(rows) * Double(model.weightFLOPsPerRow - headFLOPs)
      + Double(logitsPasses) * Double(headFLOPs) + attention
  }
}
