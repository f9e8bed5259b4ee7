// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoWorkloads

/// Traces are read strictly: what is wrong is named with its line.
@Suite struct TraceFileTests {
  private static let expected = [
    TraceFile.Row(arrival: 0, inputTokens: 12, outputTokens: 3),
    TraceFile.Row(arrival: 0.5, inputTokens: 400, outputTokens: 20),
    TraceFile.Row(arrival: 0.5, inputTokens: 1, outputTokens: 1),
  ]

  @Test func fourFormsOfOneTrace() throws {
    let texts = [
      """
      {"arrival": 100.25, "input_tokens": 12, "output_tokens": 3}
      {"arrival": 100.75, "input_tokens": 400, "output_tokens": 20, "user": "x"}

      {"arrival": 100.75, "input_tokens": 1, "output_tokens": 1}
      """,
      """
      {"timestamp": 1000, "input_length": 12, "output_length": 3, "hash_ids": [1, 2]}
      {"timestamp": 1500, "input_length": 400, "output_length": 20, "hash_ids": []}
      {"timestamp": 1500.0, "input_length": 1.0, "output_length": 1}
      """,
      "\narrival,input_tokens,output_tokens\n0,12,3\n0.5,400,20\r\n0.5,1,1\n\n",
      "model, output_length, timestamp ,input_length\na,3,0,12\nb,20,500,400\nc, 1,500 ,1",
    ]
    for text in texts {
      #expect(try TraceFile(text: text, path: "t").rows == Self.expected, "\(text)")
    }
  }

  @Test func faultsAreNamedWithTheirLine() {
    let good = #"{"arrival": 1, "input_tokens": 2, "output_tokens": 3}"#
    let header = "arrival,input_tokens,output_tokens\n"
    let cases: [(String, String)] = [
      ("", "trace t is empty"), (" \n\t\n", "is empty"), (header, "no request below"),
      ("a,b,c\n1,2,3", "trace t, line 1, the first line must be JSON or name the columns"),
      (good + "\n{", "line 2, is not a JSON object"), (good + "\n\n[1]", "line 3, is not a JSON"),
      (#"{"input_tokens": 2}"#, "line 1, has no arrival"),
      (#"{"arrival": "x", "input_tokens": 2, "output_tokens": 3}"#, "arrival is not a number"),
      (#"{"arrival": true, "input_tokens": 2, "output_tokens": 3}"#, "arrival is not a number"),
      (#"{"arrival": 1, "output_tokens": 3}"#, "has no input_tokens"),
      (#"{"arrival": 1, "input_tokens": 2.5, "output_tokens": 3}"#, "2.5, not a whole number"),
      (#"{"arrival": 1, "input_tokens": 0, "output_tokens": 3}"#, "0 input tokens"),
      (#"{"arrival": 1, "input_tokens": 1, "output_tokens": -1}"#, "-1 output tokens"),
      (#"{"arrival": 1, "input_tokens": 99999999, "output_tokens": 1}"#, "input tokens: give"),
      (
        good + "\n" + #"{"arrival": 0.5, "input_tokens": 2, "output_tokens": 3}"#, "line 2, arrives"
      ),
      (good + "\n" + #"{"arrival": 1e9, "input_tokens": 2, "output_tokens": 3}"#, "cut the trace"),
      (header + "1,2", "line 2, has 2 fields; the header has 3"),
      (header + "1,2,3\nx,2,3", "line 3, arrival is 'x'"),
      (header + "1,2,3.5", "'3.5', not a whole"),
      (header + "nan,2,3", "finite"), (header + "inf,2,3", "finite"), (header + "1,2,", "'', not"),
    ]
    for (text, words) in cases {
      do {
        _ = try TraceFile(text: text, path: "t")
        Issue.record("taken: \(text)")
      } catch {
        #expect("\(error)".contains(words), "\(text): \(error)")
      }
    }
  }

  /// Any damage is an error or rows in order, never a trap.
  @Test(arguments: 1...10) func damage(seed: UInt64) throws {
    var state = seed
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let texts = [
      "arrival,input_tokens,output_tokens\n0,12,3\n0.5,400,20\n",
      #"{"arrival": 1, "input_tokens": 2, "output_tokens": 3}"# + "\n",
    ]
    for _ in 0..<200 {
      var bytes = Array(texts[next(2)].utf8)
      for _ in 0...next(4) { bytes[next(bytes.count)] = UInt8(next(128)) }
      let text = String(decoding: bytes, as: UTF8.self)
      guard let rows = try? TraceFile(text: text, path: "t").rows else { continue }
      #expect(rows.map(\.arrival) == rows.map(\.arrival).sorted(), "seed \(seed): \(text)")
      #expect(rows.allSatisfy { $0.inputTokens > 0 && $0.outputTokens > 0 }, "seed \(seed)")
    }
  }

  @Test func filesAreReadWithinBounds() throws {
    let path = FileManager.default.temporaryDirectory.path + "/trace-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: WorkloadError.self) { try TraceFile(path: path) }
    try Data("arrival,input_tokens,output_tokens\n0,1,1\n".utf8).write(to: URL(filePath: path))
    #expect(try TraceFile(path: path).rows.count == 1)
    try Data([0x61, 0xff, 0xfe]).write(to: URL(filePath: path))
    let error = #expect(throws: WorkloadError.self) { try TraceFile(path: path) }
    #expect(error?.message.contains("UTF-8") == true)
    truncate(path, 65 << 20)
    let large = #expect(throws: WorkloadError.self) { try TraceFile(path: path) }
    #expect(large?.message.contains("larger than 64 MiB") == true)
  }
}
