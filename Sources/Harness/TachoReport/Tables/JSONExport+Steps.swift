// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoRecord

extension JSONExport {
  /// Waterfalls of a point's steps with what would be gained.
  ///
  /// `[{rows, steps, mean_ns, median_ns, p99_ns, parts: [{name, kind, count, mean_ns, median_ns, p99_ns,
  /// best_ns, gain, unavailable}], what_if: {saved_ns, gain, speedup}}]`, one for each number of rows that
  /// steps have. `best_ns` is what a part takes at the least, `gain` the share of the step that would be
  /// saved then; `what_if` is of all parts together whose least is known. Empty where no launches were
  /// recorded.
  static func steps(_ point: PointResult) -> ConfigurationValue {
    .array(
      point.waterfalls.map { waterfall, whatIf in
        let saved = whatIf.savedTogether
        let known = Dictionary(
          whatIf.predictions.map { ($0.part, $0) }, uniquingKeysWith: { first, _ in first })
        return .object([
          "rows": .int(waterfall.rows), "steps": .int(waterfall.steps),
          "mean_ns": .double(waterfall.mean), "median_ns": .double(waterfall.median),
          "p99_ns": .double(waterfall.p99),
          "parts": .array(waterfall.parts.map { part($0, known[$0], whatIf) }),
          "what_if": .object([
            "saved_ns": .double(saved), "gain": number(whatIf.share(saved)),
            "speedup": number(whatIf.speedup(saved)),
          ]),
        ])
      })
  }

  private static func part(
    _ part: StepWaterfall.Part, _ prediction: WhatIf.Prediction?, _ whatIf: WhatIf
  ) -> ConfigurationValue {
    var reason = prediction == nil ? "what nothing covers cannot be made faster" : nil
    if case .unavailable(let why)? = prediction?.least { reason = why }
    return .object([
      "name": .string(part.name), "kind": .string(part.kind.rawValue),
      "count": .double(part.count), "mean_ns": .double(part.mean),
      "median_ns": .double(part.median), "p99_ns": .double(part.p99),
      "best_ns": number(prediction?.least.number),
      "gain": number(prediction?.saved.flatMap { whatIf.share($0) }),
      "unavailable": text(reason),
    ])
  }
}
