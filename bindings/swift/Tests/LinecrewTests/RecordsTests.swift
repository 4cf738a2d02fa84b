import Foundation
import Linecrew
import XCTest

/// How answers are written, with records as the library gives them.
final class RecordsTests: XCTestCase {
    private let labels = Labels()
    private var records: Records { Records(labels: labels) }

    func testARecordIsALineAndItsListsOfRecordsAreLinesBelowIt() {
        let edit = Edit(
            deviceSeq: 1,
            document: "12345678-1234-7234-9234-123456789abc",
            number: "20261129-0012",
            event: "12345678-1234-7234-9234-123456789abd",
            kind: "noted",
            savedAt: 1_790_000_000_000,
            state: .safe(receivedAt: 1_790_000_000_000)
        )
        labels.learn("fault", edit.document)
        let line = "device_seq=1 document=fault number=0012 event=? kind=noted saved_at=set state=safe{received_at=set}"
        XCTAssertEqual(records.lines([edit]), [line])
        let book = Ledger(entries: 0, turnover: 5, sessions: [], flags: [], unsigned: 2)
        XCTAssertEqual(records.lines(book), ["entries=0 turnover=5 sessions=[] flags=[] unsigned=2"])
        let stroke = Stroke(points: [StrokePoint(x: 20, y: 80), StrokePoint(x: 60, y: 44)])
        XCTAssertEqual(records.lines(stroke), ["  points x=20 y=80", "  points x=60 y=44"])
    }

    func testValuesAreWrittenAsInEveryLanguage() {
        XCTAssertEqual(records.lines(Optional<String>.none as Any), ["none"])
        XCTAssertEqual(records.lines([String]()), ["none"])
        XCTAssertEqual(records.lines(nothing), [])
        XCTAssertEqual([2.5, 30].flatMap { records.lines($0 as Double) }, ["2.5", "30"])
        XCTAssertEqual(records.lines(Phase.notDone), ["not_done"])
        XCTAssertEqual(records.lines(PaymentMethod.terminal(reference: "T 1")), ["terminal{reference=\"T 1\"}"])
        XCTAssertEqual(records.lines(Int64(999_999_999_999)) + records.lines(Int64(1_000_000_000_000)), ["999999999999", "set"])
        let meter = MeterTakenOff(serial: "", indexes: ["2": 5, "1": 4711])
        XCTAssertEqual(records.lines(meter), ["serial=\"\" indexes={1=4711 2=5}"])
        XCTAssertEqual(["2ALQ2-00000021", "7K3M-9QWE", "-"].flatMap { records.lines($0) }, ["00000021", "?", "-"])
        XCTAssertEqual(records.lines(#"{"at":1790000000000,"of":"20261129-0012"}"#), [#"{"at":?,"of":"0012"}"#])
        labels.learn("ticket", "2ALQ2-00000021")
        XCTAssertEqual(records.lines("2ALQ2-00000021"), ["ticket"])
    }

    func testAFailureIsItsVariantAndItsFirstField() {
        let failures: [any Error] = [
            LinecrewError.Offline(code: "timed_out", retryAfterMs: 1), LinecrewError.NotPermitted(code: "no_book"),
            LinecrewError.Unanswered(pending: 3), LinecrewError.Closed, CancellationError(),
        ]
        XCTAssertEqual(failures.map { named($0) }, ["Offline:timed_out", "NotPermitted:no_book", "Unanswered:3", "Closed", "Cancelled"])
    }
}
