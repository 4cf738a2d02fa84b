package dev.linecrew

import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext

/**
 * A command that began is carried out, and answers: it takes milliseconds, and an edit of which nobody knows whether it was saved would be worse than a screen that
 * closes a moment later. Reads are passed on, and so is what waits for a server: that is cancelled with its coroutine.
 */
internal class Commands(private val core: LinecrewCoreInterface) : LinecrewCoreInterface by core {
    override suspend fun accept(item: DocumentId) = whole { core.accept(item) }

    override suspend fun answer(item: DocumentId, path: String, answer: Json?) = whole { core.answer(item, path, answer) }

    override suspend fun arrive(item: DocumentId) = whole { core.arrive(item) }

    override suspend fun attach(item: DocumentId, file: NewFile) = whole { core.attach(item, file) }

    override suspend fun attest() = whole { core.attest() }

    override suspend fun closeCashSession(counted: Amounts, floatLeft: Fen, reason: String?) =
        whole { core.closeCashSession(counted, floatLeft, reason) }

    override suspend fun collect(receivable: DocumentId, amount: Fen, method: Method) = whole { core.collect(receivable, amount, method) }

    override suspend fun completeDisconnection(item: DocumentId, report: DisconnectionReport) = whole { core.completeDisconnection(item, report) }

    override suspend fun completeMeterService(item: DocumentId, report: MeterServiceReport) = whole { core.completeMeterService(item, report) }

    override suspend fun completeRepair(item: DocumentId, report: RepairReport) = whole { core.completeRepair(item, report) }

    override suspend fun completeRotation(item: DocumentId, note: String?) = whole { core.completeRotation(item, note) }

    override suspend fun confirmReadings(item: DocumentId) = whole { core.confirmReadings(item) }

    override suspend fun decline(item: DocumentId, reason: String) = whole { core.decline(item, reason) }

    override suspend fun depart(item: DocumentId) = whole { core.depart(item) }

    override suspend fun deposit(slip: String, bank: String, amounts: Amounts, session: SessionId?) =
        whole { core.deposit(slip, bank, amounts, session) }

    override suspend fun dismiss(entry: Long) = whole { core.dismiss(entry) }

    override suspend fun exchangeMeter(item: DocumentId, exchange: MeterExchange) = whole { core.exchangeMeter(item, exchange) }

    override suspend fun forceStart(item: DocumentId, reason: String) = whole { core.forceStart(item, reason) }

    override suspend fun handOver(item: DocumentId, crew: CrewId, reason: String) = whole { core.handOver(item, crew, reason) }

    override suspend fun makeAppointment(item: DocumentId, appointment: Timestamp, reason: String?) =
        whole { core.makeAppointment(item, appointment, reason) }

    override suspend fun noAccess(item: DocumentId, reason: String, proof: String) = whole { core.noAccess(item, reason, proof) }

    override suspend fun notDone(item: DocumentId, reason: String) = whole { core.notDone(item, reason) }

    override suspend fun notServed(item: DocumentId, reason: String) = whole { core.notServed(item, reason) }

    override suspend fun note(item: DocumentId, text: String) = whole { core.note(item, text) }

    override suspend fun openCashSession(float: Fen) = whole { core.openCashSession(float) }

    override suspend fun openFile(hash: String) = whole { core.openFile(hash) }

    override suspend fun recordMaterial(item: DocumentId, name: String, quantity: Double, unit: String) =
        whole { core.recordMaterial(item, name, quantity, unit) }

    override suspend fun recordSafetyStep(item: DocumentId, step: SafetyStep, detail: String) = whole { core.recordSafetyStep(item, step, detail) }

    override suspend fun recordValue(item: DocumentId, path: String, value: Json) = whole { core.recordValue(item, path, value) }

    override suspend fun refundReceipt(ticket: Ticket, amount: Fen, reason: String) = whole { core.refundReceipt(ticket, amount, reason) }

    override suspend fun refuseConfirmation(item: DocumentId, reason: String) = whole { core.refuseConfirmation(item, reason) }

    override suspend fun resolve(item: DocumentId, question: String, choice: String, note: String) =
        whole { core.resolve(item, question, choice, note) }

    override suspend fun restore(item: DocumentId, report: RepairReport) = whole { core.restore(item, report) }

    override suspend fun resume() = whole { core.resume() }

    override suspend fun resumeWork(item: DocumentId) = whole { core.resumeWork(item) }

    override suspend fun returnBook(book: DocumentId) = whole { core.returnBook(book) }

    override suspend fun serveNotice(item: DocumentId, service: Service) = whole { core.serveNotice(item, service) }

    override suspend fun shutDown() = whole { core.shutDown() }

    override suspend fun sign(item: DocumentId, role: SignerRole, name: String, strokes: List<Stroke>) =
        whole { core.sign(item, role, name, strokes) }

    override suspend fun signOut() = whole { core.signOut() }

    override suspend fun startWork(item: DocumentId) = whole { core.startWork(item) }

    override suspend fun step(item: DocumentId, name: String, body: Json) = whole { core.step(item, name, body) }

    override suspend fun stop() = whole { core.stop() }

    override suspend fun submitSurvey(item: DocumentId, note: String?) = whole { core.submitSurvey(item, note) }

    override suspend fun suspend() = whole { core.suspend() }

    override suspend fun suspendWork(item: DocumentId, reason: String) = whole { core.suspendWork(item, reason) }

    override suspend fun takeBook(book: DocumentId?) = whole { core.takeBook(book) }

    override suspend fun voidReceipt(ticket: Ticket, reason: String) = whole { core.voidReceipt(ticket, reason) }

    override suspend fun wipe() = whole { core.wipe() }
}

/** A coroutine that was cancelled before begins nothing; what has begun answers. */
private suspend fun <T> whole(command: suspend () -> T): T {
    currentCoroutineContext().ensureActive()
    return withContext(NonCancellable) { command() }
}
