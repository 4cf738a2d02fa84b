//! The surface's records and enums.

use linecrew_client::{
    EditCounts,
    protocol::model::{
        person::Role,
        work::{Customer, Phase, Priority, Site},
    },
};
use linecrew_ffi::{Account, Edit, EditState, FeedStatus, SavedEdit, Status, SyncOutcome, SyncStopped, WorkItem};

use crate::value::{records, variants};

records! {
    Account { person, name, username, server_url, roles, crew, crew_name, signed_in, signed_in_until }
    Customer { name, phone, account, arrears_fen }
    Edit { device_seq, document, number, event, kind, saved_at, state }
    EditCounts { saved_here, sent, safe, needs_attention }
    FeedStatus { feed, cursor, documents, digest, transferring }
    SavedEdit { device_seq, document, event, kind, saved_at, state, phase }
    Site { address, street_code }
    Status {
        saved_here, sent, oldest_pending_at, safe, safe_since, needs_attention, last_contact, feeds, documents, forms, books, receivables,
        entries_here, entries_refused, unreadable, damaged, store_bytes, locked
    }
    SyncOutcome { pushed, accepted, quarantined, received, still_pending, equal, stopped }
    SyncStopped { code, retry_after_ms }
    WorkItem {
        id, number, kind, state, phase, priority, crew, lead, customer, site, about, reported_at, appointment, next, questions, edits,
        withdrawn, damaged
    }
}

variants! {
    EditState { SavedHere, Sent, Safe { received_at }, NeedsAttention { reason }, Withdrawn { reason } }
    Phase {
        New, Assigned, Accepted, Departed, Arrived, Working, Suspended, Done, NotDone, Disputed, Declined, Cancelled, Linked, FollowedUp,
        Archived
    }
    Priority { Urgent, Normal }
    Role { Dispatcher, RepairCrew, MeterTechnician, Surveyor, Collector, Cashier, Auditor, Integrator, Admin }
}
