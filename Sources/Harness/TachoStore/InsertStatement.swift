// SPDX-License-Identifier: Apache-2.0
import GRDB
import GRDBSQLite

/// A prepared insertion that values are bound to without arrays and boxes in between: those cost several
/// times what SQLite does with a row of numbers.
struct InsertStatement {
  private let statement: Statement

  init(_ database: Database, _ sql: String) throws {
    statement = try database.cachedStatement(sql: sql)
  }

  /// Text is copied by SQLite, so it need not outlive the binding.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  /// Binds the value of the parameter at `index`, from 1; nil is NULL.
  func bind(_ value: Int?, at index: Int32) {
    if let value {
      sqlite3_bind_int64(statement.sqliteStatement, index, Int64(value))
    } else {
      sqlite3_bind_null(statement.sqliteStatement, index)
    }
  }

  func bind(_ value: Double?, at index: Int32) {
    if let value {
      sqlite3_bind_double(statement.sqliteStatement, index, value)
    } else {
      sqlite3_bind_null(statement.sqliteStatement, index)
    }
  }

  func bind(_ value: String?, at index: Int32) {
    guard var value else {
      sqlite3_bind_null(statement.sqliteStatement, index)
      return
    }
    _ = value.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        if let first = characters.baseAddress {
          sqlite3_bind_text(
            statement.sqliteStatement, index, first, Int32(clamping: characters.count), Self.copied)
        } else {
          // A null pointer would be NULL, not an empty text.
          sqlite3_bind_text(statement.sqliteStatement, index, "", 0, Self.copied)
        }
      }
    }
  }

  /// Adds the row; the next one overwrites every binding.
  func run() throws {
    let code = sqlite3_step(statement.sqliteStatement)
    let reset = sqlite3_reset(statement.sqliteStatement)
    guard code == SQLITE_DONE else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: reset),
        message: sqlite3_db_handle(statement.sqliteStatement).flatMap { sqlite3_errmsg($0) }
          .map { String(cString: $0) }, sql: statement.sql)
    }
  }
}
