// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog

/// A recorded load: when requests arrived and how long they were.
///
/// JSON lines (`{"arrival": 0.25, "input_tokens": 512, "output_tokens": 64}`) or CSV with a header line of
/// these names, told apart by the first character. `arrival` is in seconds; in its place
/// `timestamp` in milliseconds, with `input_length` and `output_length`, is taken as well (Mooncake's
/// traces). Other members and columns are ignored; times count from the first row and may not fall.
struct TraceFile: Sendable {
  struct Row: Sendable, Hashable {
    /// Seconds after the first row.
    var arrival: Double
    var inputTokens: Int
    var outputTokens: Int
  }

  let rows: [Row]

  private static let mostBytes = 64 << 20
  private static let mostRows = 1_000_000
  private static let tokens = 1...(1 << 24)
  /// Eleven days.
  private static let mostSeconds = 1e6

  /// Names of a form, and how many of its time units make a second.
  private struct Form {
    let arrival: String
    let input: String
    let output: String
    let perSecond: Double
  }

  private static let forms = [
    Form(arrival: "arrival", input: "input_tokens", output: "output_tokens", perSecond: 1),
    Form(arrival: "timestamp", input: "input_length", output: "output_length", perSecond: 1000),
  ]

  init(path: String) throws {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw Self.error(path, nil, "cannot be read; load.trace_path must name a file")
    }
    defer { try? handle.close() }
    let data: Data
    do {
      data = try handle.read(upToCount: Self.mostBytes + 1) ?? Data()
    } catch {
      throw Self.error(path, nil, "cannot be read: \(error.localizedDescription)")
    }
    guard data.count <= Self.mostBytes else {
      throw Self.error(path, nil, "is larger than \(Self.mostBytes >> 20) MiB: cut it")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw Self.error(path, nil, "is not UTF-8 text")
    }
    try self.init(text: text, path: path)
  }

  /// `path` is for messages.
  init(text: String, path: String) throws {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    guard let first = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }) else {
      throw Self.error(path, nil, "is empty: it needs at least one request")
    }
    let json = first.drop(while: \.isWhitespace).first == "{"
    var reader: CSVColumns?
    var rows: [Row] = []
    var start = 0.0
    for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      let number = index + 1
      if !json, reader == nil {
        reader = try CSVColumns(header: line, path: path, line: number)
        continue
      }
      let (arrival, input, output) =
        try reader?.fields(line, path: path, line: number)
        ?? Self.jsonFields(line, path: path, line: number)
      guard arrival.isFinite else {
        throw Self.error(path, number, "the arrival is not a finite number")
      }
      for (name, count) in [("input", input), ("output", output)]
      where !Self.tokens.contains(count) {
        throw Self.error(
          path, number, "\(count) \(name) tokens: give from 1 to \(Self.tokens.upperBound)")
      }
      if rows.isEmpty { start = arrival }
      let after = arrival - start
      guard after >= rows.last?.arrival ?? 0 else {
        throw Self.error(path, number, "arrives before the line above: sort the trace by arrival")
      }
      guard after <= Self.mostSeconds else {
        throw Self.error(path, number, "arrives \(after) s after the first: cut the trace")
      }
      guard rows.count < Self.mostRows else {
        throw Self.error(path, number, "has more than \(Self.mostRows) requests: cut it")
      }
      rows.append(Row(arrival: after, inputTokens: input, outputTokens: output))
    }
    guard !rows.isEmpty else {
      throw Self.error(path, nil, "has a header and no request below it")
    }
    self.rows = rows
  }

  /// Which columns of a CSV file hold what.
  private struct CSVColumns {
    let form: Form
    let arrival: Int
    let input: Int
    let output: Int
    let count: Int

    init(header: Substring, path: String, line: Int) throws {
      let names = TraceFile.cells(header)
      for form in TraceFile.forms {
        guard let arrival = names.firstIndex(of: form.arrival),
          let input = names.firstIndex(of: form.input),
          let output = names.firstIndex(of: form.output)
        else { continue }
        (self.form, self.arrival, self.input, self.output) = (form, arrival, input, output)
        count = names.count
        return
      }
      throw TraceFile.error(
        path, line,
        "the first line must be JSON or name the columns arrival,input_tokens,output_tokens; "
          + "it names \(names.prefix(12).joined(separator: ","))")
    }

    func fields(_ line: Substring, path: String, line number: Int) throws -> (Double, Int, Int) {
      let cells = TraceFile.cells(line)
      guard cells.count == count else {
        throw TraceFile.error(
          path, number, "has \(cells.count) fields; the header has \(count)")
      }
      func whole(_ column: Int, _ name: String) throws -> Int {
        guard let value = Int(cells[column]) else {
          throw TraceFile.error(
            path, number, "\(name) is '\(cells[column].prefix(40))', not a whole number")
        }
        return value
      }
      guard let arrival = Double(cells[arrival]) else {
        throw TraceFile.error(
          path, number, "\(form.arrival) is '\(cells[self.arrival].prefix(40))', not a number")
      }
      return (
        arrival / form.perSecond, try whole(input, form.input), try whole(output, form.output)
      )
    }
  }

  /// Plain cells: a trace of numbers needs no quoted ones.
  private static func cells(_ line: Substring) -> [String] {
    line.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  private static func jsonFields(
    _ line: Substring, path: String, line number: Int
  ) throws -> (Double, Int, Int) {
    guard
      case .object(let object)? = try? JSONDecoder().decode(
        ConfigurationValue.self, from: Data(line.utf8))
    else { throw error(path, number, "is not a JSON object") }
    guard let form = forms.first(where: { object[$0.arrival] != nil }) else {
      throw error(path, number, "has no arrival (in seconds)")
    }
    guard let arrival = object[form.arrival]?.doubleValue else {
      throw error(path, number, "\(form.arrival) is not a number")
    }
    func whole(_ name: String) throws -> Int {
      guard let value = object[name] else { throw error(path, number, "has no \(name)") }
      guard let count = value.intValue else {
        throw error(
          path, number, "\(name) is \(value.display.prefix(40)), not a whole number")
      }
      return count
    }
    return (arrival / form.perSecond, try whole(form.input), try whole(form.output))
  }

  private static func error(_ path: String, _ line: Int?, _ words: String) -> WorkloadError {
    WorkloadError(.badConfiguration, "trace \(path)\(line.map { ", line \($0)," } ?? "") \(words)")
  }
}
