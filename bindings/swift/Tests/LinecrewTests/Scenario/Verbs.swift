import Foundation
import Linecrew

// What phones do, by the names that the methods have in all languages.
extension Phone {
    /// The life of a phone, and its connection.
    func lives(_ verb: String, _ the: Arguments) async throws -> Any {
        let core = try self.core
        switch verb {
        case "shut_down": try await core.shutDown()
        case "suspend": try await core.suspend()
        case "resume": try await core.resume()
        case "sign_out": try await core.signOut()
        case "wipe": try await core.wipe()
        case "start": try core.start()
        case "stop": try await core.stop()
        case "nudge": try core.nudge()
        case "network":
            try core.network(hint: NetworkHint(reachable: the.flag("reachable", absent: true), metered: the.flag("metered")))
        case "check_answer":
            let (form, version): (String, UInt32) = (try the.text("form"), try the.number("version"))
            try core.checkAnswer(form: form, version: version, path: the.text("path"), answer: the.values["answer"])
        default: return try await looks(verb, the)
        }
        return nothing
    }

    /// What it shows.
    private func looks(_ verb: String, _ the: Arguments) async throws -> Any {
        let core = try self.core
        switch verb {
        case "account": return try core.account() as Any
        case "items": return try core.items(openOnly: the.flag("open_only", absent: true), kind: the.maybe("kind"))
        case "item": return try core.item(item: the.text("item")) as Any
        case "find_item": return try core.findItem(text: the.text("text"))
        case "edits":
            return try core.edits(document: the.maybe("document"), unsafeOnly: the.flag("unsafe_only"), newest: the.maybeNumber("newest"))
        case "inbox": return try core.inbox()
        case "dismiss": return try await core.dismiss(entry: the.number("entry"))
        case "questions": return try core.questions(item: the.maybe("item"))
        case "why": return try core.why(document: the.text("document"))
        case "status": return try core.status()
        case "link": return try core.link()
        case "catalogue": return try core.catalogue()
        case "forms": return try core.forms()
        case "form": return try core.form(form: the.text("form"), version: the.number("version")) as Any
        case "missing_answers":
            return try core.missingAnswers(form: the.text("form"), version: the.number("version"), answers: the.answers)
        default: return try await counts(verb, the)
        }
    }

    /// What money shows.
    private func counts(_ verb: String, _ the: Arguments) async throws -> Any {
        let core = try self.core
        switch verb {
        case "books": return try core.books()
        case "due": return try core.due(text: the.maybe("text"), all: the.flag("all"))
        case "receipts": return try core.receipts()
        case "receipt": return try core.receipt(ticket: the.text("ticket")) as Any
        case "custody": return try core.custody(entry: the.text("entry")) as Any
        case "ledger": return try core.ledger()
        case "print_text": return Paper(try core.printText(ticket: the.text("ticket"), style: the.style))
        case "print_png":
            let png = try core.printPng(ticket: the.text("ticket"))
            return png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? "png" : "no png"
        default: return try await collects(verb, the)
        }
    }

    /// What a collector does.
    private func collects(_ verb: String, _ the: Arguments) async throws -> Any {
        let core = try self.core
        switch verb {
        case "take_book": return try await core.takeBook(book: the.maybe("book"))
        case "return_book": return try await core.returnBook(book: the.text("book"))
        case "open_cash_session": return try await core.openCashSession(float: the.fen("float"))
        case "collect":
            return try await core.collect(receivable: the.text("receivable"), amount: the.fen("amount"), method: the.method)
        case "void_receipt": return try await core.voidReceipt(ticket: the.text("ticket"), reason: the.text("reason"))
        case "refund_receipt":
            return try await core.refundReceipt(ticket: the.text("ticket"), amount: the.fen("amount"), reason: the.text("reason"))
        case "deposit":
            let (slip, bank) = (try the.text("slip"), try the.text("bank"))
            return try await core.deposit(slip: slip, bank: bank, amounts: the.amounts, session: the.maybe("session"))
        case "close_cash_session":
            return try await core.closeCashSession(counted: the.amounts, floatLeft: the.fen("float_left"), reason: the.maybe("reason"))
        case "attest": return try await core.attest() as Any
        default: return try await steps(verb, the)
        }
    }

    /// The steps that all kinds of work have.
    private func steps(_ verb: String, _ the: Arguments) async throws -> Any {
        let (core, item) = (try self.core, try the.text("item"))
        switch verb {
        case "accept": return try await core.accept(item: item)
        case "depart": return try await core.depart(item: item)
        case "arrive": return try await core.arrive(item: item)
        case "decline": return try await core.decline(item: item, reason: the.text("reason"))
        case "suspend_work": return try await core.suspendWork(item: item, reason: the.text("reason"))
        case "resume_work": return try await core.resumeWork(item: item)
        case "not_done": return try await core.notDone(item: item, reason: the.text("reason"))
        case "hand_over": return try await core.handOver(item: item, crew: the.text("crew"), reason: the.text("reason"))
        case "make_appointment":
            return try await core.makeAppointment(item: item, appointment: the.number("appointment"), reason: the.maybe("reason"))
        case "resolve":
            let (question, choice) = (try the.text("question"), try the.text("choice"))
            return try await core.resolve(item: item, question: question, choice: choice, note: the.text("note"))
        case "note": return try await core.note(item: item, text: the.text("text"))
        case "force_start": return try await core.forceStart(item: item, reason: the.text("reason"))
        case "step": return try await core.step(item: item, name: the.text("name"), body: the.text("body"))
        default: return try await proves(verb, the)
        }
    }

    /// What proves work, and the steps of repairs and surveys.
    private func proves(_ verb: String, _ the: Arguments) async throws -> Any {
        let (core, item) = (try self.core, try the.text("item"))
        switch verb {
        case "record_safety_step":
            return try await core.recordSafetyStep(item: item, step: the.choice("step"), detail: the.text("detail"))
        case "sign":
            let (role, name): (SignerRole, String) = (try the.choice("role"), try the.text("name"))
            return try await core.sign(item: item, role: role, name: name, strokes: the.strokes)
        case "record_material":
            let (name, quantity): (String, Double) = (try the.text("name"), try the.number("quantity"))
            return try await core.recordMaterial(item: item, name: name, quantity: quantity, unit: the.text("unit"))
        case "start_work": return try await core.startWork(item: item)
        case "restore": return try await core.restore(item: item, report: the.repair)
        case "complete_repair": return try await core.completeRepair(item: item, report: the.repair)
        case "answer": return try await core.answer(item: item, path: the.text("path"), answer: the.values["answer"])
        case "submit_survey": return try await core.submitSurvey(item: item, note: the.maybe("note"))
        case "record_value": return try await core.recordValue(item: item, path: the.text("path"), value: the.text("value"))
        default: return try await serves(verb, the)
        }
    }

    /// The steps of rotations, notices, disconnections and services of meters.
    private func serves(_ verb: String, _ the: Arguments) async throws -> Any {
        let (core, item) = (try self.core, try the.text("item"))
        switch verb {
        case "exchange_meter": return try await core.exchangeMeter(item: item, exchange: the.exchange)
        case "confirm_readings": return try await core.confirmReadings(item: item)
        case "refuse_confirmation": return try await core.refuseConfirmation(item: item, reason: the.text("reason"))
        case "complete_rotation": return try await core.completeRotation(item: item, note: the.maybe("note"))
        case "no_access": return try await core.noAccess(item: item, reason: the.text("reason"), proof: the.text("proof"))
        case "serve_notice":
            let (how, recipient) = (try the.text("how"), the.maybe("recipient"))
            let service = Service(how: how, recipient: recipient, proof: the.maybe("proof"), note: the.maybe("note"))
            return try await core.serveNotice(item: item, service: service)
        case "not_served": return try await core.notServed(item: item, reason: the.text("reason"))
        case "complete_disconnection":
            let report = DisconnectionReport(cutAt: try the.number("cut_at"), index: the.maybe("index"), note: the.maybe("note"))
            return try await core.completeDisconnection(item: item, report: report)
        case "complete_meter_service":
            let removed = try the.values["removed"] == nil ? nil : the.takenOff
            let report = MeterServiceReport(result: try the.text("result"), removed: removed, seals: the.maybe("seals"))
            return try await core.completeMeterService(item: item, report: report)
        default: throw Unplayable("nobody does \(verb)")
        }
    }
}

/// A printed receipt. Numbers, times and codes are chance; the words are not.
struct Paper {
    let lines: [String]

    init(_ text: String) {
        var lines = text.components(separatedBy: "\n")
        if lines.last == "" { lines.removeLast() }
        let words = lines.filter { line in !line.unicodeScalars.contains { $0.isASCII && CharacterSet.alphanumerics.contains($0) } }
        self.lines = words.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " ")) }
    }
}
