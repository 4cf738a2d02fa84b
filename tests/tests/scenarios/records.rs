//! The surface's records and enums: work. Those about money stand in [`crate::money`].

use linecrew_client::{
    EditCounts,
    protocol::{
        model::{
            document::Material,
            form::Text,
            person::Role,
            work::{
                AreaClass, AttentionKind, Customer, Phase, Priority, SafetyStep, Site,
                clocks::ClockView,
                files::{AttachmentKind, SignerRole},
                kind::By,
                view::{FileView, PersonView, ReporterView, SignatureView},
            },
        },
        time::{Interval, Verdict},
    },
};
use linecrew_ffi::{
    About, Account, Assignment, AttachedFile, Catalogue, ChoiceMeaning, Claim, Departure, Edit, EditState, FeedStatus, FieldInfo,
    FieldShape, FormAnswer, FormChoice, FormCondition, FormItem, FormName, FormQuestion, FormRepeat, HistoryEvent, HostFault, HostTrouble,
    InboxEntry, InboxMatter, ItemDetail, KnownMeter, KnownRegister, Link, MaterialLine, NamedValue, NamedWords, OpenQuestion,
    QuestionChoice, QuestionInfo, RecordedValue, Report, SafetyGate, SafetyRecord, SavedEdit, StateInfo, Status, StepInfo, SurveyForm,
    SyncOutcome, SyncStopped, Whereabouts, Words, WorkItem, WorkKindInfo,
};

use crate::value::{records, variants};

records! {
    Account { person, name, username, server_url, roles, crew, crew_name, signed_in, signed_in_until }
    Assignment { crew, crew_name, by, since, reason }
    AttachedFile { hash, edit }
    Catalogue { kinds, questions, phases }
    Claim { value, event, by }
    ClockView { name, limit_ms, due_at, verdict, stopped }
    Customer { name, phone, account, arrears_fen }
    Departure { reason, by, at, to }
    Edit { device_seq, document, number, event, kind, saved_at, state }
    EditCounts { saved_here, sent, safe, needs_attention }
    FeedStatus { feed, cursor, documents, digest, transferring }
    FieldInfo { name, label, required, shape }
    FileView { hash, kind, mime, bytes, taken_at, caption, stored, event }
    FormChoice { name, label }
    FormCondition { question, equals }
    FormName { form, version }
    FormQuestion { name, label, hint, required, billing, relevant, answer }
    FormRepeat { min, max }
    HostTrouble { callback, how, times }
    HistoryEvent { id, kind, by, device, device_seq, claimed_at, evidence, received_at, superseded, late, body, state }
    InboxEntry { id, document, number, noted_at, body }
    Interval { earliest, latest }
    ItemDetail { row, notes, materials, reports, values, safety, files, signatures, reporters, history }
    KnownMeter { serial, multiplier, registers }
    KnownRegister { digits, last_index }
    Material { name, quantity, unit, by }
    MaterialLine { id, line, conflicting }
    NamedValue { path, value }
    NamedWords { name, label }
    OpenQuestion { document, number, id, rule, kind, events, choices, is_mine }
    PersonView { id, name }
    QuestionChoice { name, means }
    QuestionInfo { kind, rule, label, choices }
    RecordedValue { path, shown, billing, conflicting }
    Report { event, step, by, body }
    ReporterView { document, number, reported_at, customer, asked }
    SafetyGate { required, done, missing, forced }
    SafetyRecord { step, event, by, body }
    SavedEdit { device_seq, document, event, kind, saved_at, state, phase }
    SignatureView { event, role, name, svg }
    Site { address, street_code }
    StateInfo { name, phase, label }
    Status {
        saved_here, sent, oldest_pending_at, safe, safe_since, needs_attention, last_contact, feeds, documents, forms, books, receivables,
        entries_here, entries_refused, unreadable, damaged, store_bytes, locked, host_trouble
    }
    StepInfo { name, label, done, by, fields, gate, common }
    SurveyForm { form, version, title, items }
    SyncOutcome { pushed, accepted, quarantined, received, still_pending, equal, stopped }
    SyncStopped { code, retry_after_ms }
    Text { en, zh }
    Words { en, zh }
    WorkItem {
        id, number, kind, state, phase, district, crew, lead, priority, area_class, customer, site, about, reported_at, appointment,
        late_events, clocks, files, files_stored, next, questions, edits, withdrawn, damaged
    }
    WorkKindInfo { kind, label, roles, opening, about, states, steps, clocks }
}

variants! {
    About {
        Repair { category, description }, Rotation { meter }, Survey { form, supply, request },
        Notice { purpose, outage_from, outage_until, text }, Disconnection { reason, notice }, MeterService { service, supply, meter },
        Other { json }
    }
    AreaClass { Urban, Rural, Remote }
    AttachmentKind { Photo, Document, Audio }
    AttentionKind {
        AcceptedTwice, ReassignedWhileWorking, CancelledWhileWorking, CompletedAndNotDone, ValuesDiffer, MeterClaimedTwice,
        LateAfterArchive, ForcedStart
    }
    By { Crew, Office, Both, Server }
    ChoiceMeaning { Rule, Leads { person }, Values { by, values } }
    EditState { SavedHere, Sent, Safe { received_at }, NeedsAttention { reason }, Withdrawn { reason } }
    FieldShape { Text, LongText, Integer { min, max }, Flag, Time, Date, Choice { choices }, Group { fields }, Map { key, fields }, Strokes, Crew, Document, Form, Hash }
    FormAnswer {
        Text, LongText, Integer { min, max }, Number { min, max, unit }, Flag, Date, Time, Choice { choices }, Choices { choices }, Serial,
        Photo, Signature
    }
    FormItem { Question { question }, Group { name, label, hint, relevant, repeat, items } }
    HostFault { Unavailable, Failed, TimedOut, Stuck, Reentered, Unusable }
    InboxMatter { Refused { device_seq, confirmed, confirmed_at, reason, detail, by_this_phone }, Withdrawn { why } }
    Link {
        Stopped, Offline { since, next_try, why }, Connecting, Live { since }, NeedsSignIn, UpgradeRequired, Suspended, Revoked
    }
    Phase {
        New, Assigned, Accepted, Departed, Arrived, Working, Suspended, Done, NotDone, Disputed, Declined, Cancelled, Linked, FollowedUp,
        Archived
    }
    Priority { Urgent, Normal }
    Role { Dispatcher, RepairCrew, MeterTechnician, Surveyor, Collector, Cashier, Auditor, Integrator, Admin }
    SafetyStep {
        WorkTicket, HazardSurvey, Briefing, SupervisorConfirmed, DeEnergised, VerifiedDead, Earthed, WarningBoards, BeltAndHelmet
    }
    SignerRole { Customer, Technician, Witness }
    Verdict { Awaiting, Met, Breached, Undecidable }
    Whereabouts { Here { number, feeds, assigned, roles }, Left { number, why, waits }, NotHere }
}
