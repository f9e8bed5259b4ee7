// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// How much shorter a step would be if one of its parts were as fast as it can be: Amdahl's law over a
/// waterfall, so that one knows where to work next.
///
/// - A kernel at its roofline takes the least time that the machine's measured limits allow for its
///   declared work; one that is already faster (caches hold part of what it reads) gains nothing.
/// - Waits for the last worker are gone, but for what a kernel's roofline needs beyond its first worker's
///   end: spreading the work evenly moves it, and does not make it less.
/// - Queues, gaps and host work take no time at all.
/// - The residual is nobody's, and stays.
///
/// Every gain is the most there can be: the others' times are taken to stay as they are. Only gains of
/// different parts add up.
package struct WhatIf: Sendable {
  /// One part at its best.
  package struct Prediction: Sendable {
    package let part: StepWaterfall.Part
    /// Nanoseconds that the part takes in a step at the least, or why that is not known.
    package let least: Reading
    /// Nanoseconds by which the step gets shorter, never below 0; nil where `least` is not known.
    package var saved: Double? {
      least.number.map { max(0, part.mean - max(0, $0)) }
    }
  }

  /// Nanoseconds of the step as it is: the mean, which is the sum of its parts.
  package let step: Double
  /// Of every part but the residual, in the waterfall's order.
  package let predictions: [Prediction]

  /// `least` are nanoseconds in a step of each operation at its roofline; one without an entry is not
  /// known.
  package init(_ waterfall: StepWaterfall, least: [String: Reading]) {
    step = waterfall.mean
    let owed = Self.workInWaits(waterfall, least)
    predictions = waterfall.parts.filter { $0.kind != .residual }.map { part in
      guard part.kind == .work else {
        return Prediction(part: part, least: .value(part.kind == .wait ? owed : 0))
      }
      let known = least[part.name] ?? .unavailable("nothing is known of its work")
      if case .value(let value) = known, !value.isFinite {
        return Prediction(part: part, least: .unavailable("its least time is not finite"))
      }
      return Prediction(part: part, least: known)
    }
  }

  /// Nanoseconds of the waits in which kernels of a known least time still had work to do.
  private static func workInWaits(
    _ waterfall: StepWaterfall, _ least: [String: Reading]
  ) -> Double {
    waterfall.parts.filter { $0.kind == .work }.reduce(0) { sum, part in
      guard let least = least[part.name]?.number, least.isFinite else { return sum }
      return sum + max(0, min(part.wait, least - part.mean))
    }
  }

  /// What all predictions together save, in nanoseconds; parts that are not known stay as they are.
  package var savedTogether: Double { predictions.reduce(0) { $0 + ($1.saved ?? 0) } }

  /// A saving as a share of the step: 0.1 is a step 10% shorter; nil for a step of no length.
  package func share(_ saved: Double) -> Double? { step > 0 ? saved / step : nil }

  /// How many times faster a step is that is shorter by so much; nil when nothing of it is left.
  package func speedup(_ saved: Double) -> Double? {
    saved < step ? step / (step - saved) : nil
  }

  /// Those that gain at least a thousandth of the step, the largest first.
  package var ranked: [Prediction] {
    predictions.filter { ($0.saved ?? 0) >= step / 1000 && ($0.saved ?? 0) > 0 }
      .enumerated().sorted {
        ($1.element.saved ?? 0, $0.offset) < ($0.element.saved ?? 0, $1.offset)
      }.map(\.element)
  }

  /// Why parts have no prediction, each reason once with the names of the parts.
  package var unknown: [(reason: String, names: [String])] {
    var order: [String] = []
    var names: [String: [String]] = [:]
    for prediction in predictions {
      guard case .unavailable(let reason) = prediction.least else { continue }
      if names[reason] == nil { order.append(reason) }
      names[reason, default: []].append(prediction.part.name)
    }
    return order.map { ($0, names[$0] ?? []) }
  }
}
