//! What the office decides about an item. Each call is one command; the rules judge it in the store.

use std::sync::Arc;

use linecrew_protocol::{
    ids::{CrewId, DocumentId},
    model::repair::{RepairCommand, RepairEvent},
};
use serde::{Deserialize, de::DeserializeOwned};
use warp::{Filter, filters::BoxedFilter};

use crate::{
    http::{
        App,
        caller::{Caller, DECIDERS},
        problem::{Code, Problem},
        reply::{Response, answer},
        request::{Arrival, arrival},
        routes::{post, with},
    },
    store::{BoardRow, OfficeCommand, OfficeOrder, Ordered},
};

/// A call's body, and the command it stands for.
trait Order: DeserializeOwned + Send + 'static {
    /// The last part of the call's path.
    const VERB: &'static str;
    fn command(self) -> OfficeCommand;
}

macro_rules! orders {
    ($($verb:literal $request:ident { $($field:ident: $kind:ty),* } => $command:expr;)*) => {$(
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $request { $($field: $kind,)* }

        impl Order for $request {
            const VERB: &'static str = $verb;
            fn command(self) -> OfficeCommand {
                let Self { $($field,)* } = self;
                $command
            }
        }
    )*};
}

orders! {
    "assign" AssignRequest { crew: CrewId } => OfficeCommand::Assign { crew, reason: None };
    "reassign" ReassignRequest { crew: CrewId, reason: String } => OfficeCommand::Assign { crew, reason: Some(reason) };
    "cancel" CancelRequest { reason: String } => record(RepairEvent::Cancelled { reason });
    "follow-up" FollowUpRequest { result: String } => record(RepairEvent::FollowedUp { result });
    "archive" ArchiveRequest {} => record(RepairEvent::Archived);
    "link" LinkRequest { to: DocumentId } => record(RepairEvent::Linked { to });
    "resolve" ResolveRequest { attention: String, choice: String, note: String } =>
        record(RepairEvent::Resolved { attention, choice, note });
}

fn record(event: RepairEvent) -> OfficeCommand {
    OfficeCommand::Other(RepairCommand::Record(event))
}

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let assigning = route::<AssignRequest>(app).or(route::<ReassignRequest>(app)).unify();
    let ending = route::<CancelRequest>(app).or(route::<FollowUpRequest>(app)).unify().or(route::<ArchiveRequest>(app)).unify();
    let deciding = route::<LinkRequest>(app).or(route::<ResolveRequest>(app)).unify();
    assigning.or(ending).unify().or(deciding).unify().boxed()
}

fn route<O: Order>(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let path = warp::path!("v1" / "dispatches" / DocumentId / ..).and(warp::path(O::VERB)).and(warp::path::end());
    path.and(post())
        .and(arrival())
        .and(with(app))
        .then(|document, arrival: Arrival, app: Arc<App>| async move { answer(order::<O>(&app, arrival, document).await) })
        .boxed()
}

async fn order<O: Order>(app: &App, mut arrival: Arrival, document: DocumentId) -> Result<BoardRow, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    let sight = caller.sight(DECIDERS)?;
    let (request, _) = arrival.json::<O>(app.json_limit()).await?;
    let item = app.store.detail(document).await?.map(|detail| detail.view.row);
    let item = item.filter(|row| sight.reaches(row.district)).ok_or(Problem::new(Code::NotFound))?;
    let order = OfficeOrder {
        by: caller.principal(app),
        by_name: caller.account.name.clone(),
        document,
        command: request.command(),
        now: app.clock.now(),
    };
    match app.store.order(order).await? {
        Ordered::Done(row, effects) => {
            app.live.publish(&effects);
            Ok(row)
        }
        Ordered::NotFound => Err(Problem::new(Code::NotFound)),
        Ordered::Refused(refusal) => Err(Problem::refused(refusal, Some(item.state))),
    }
}
