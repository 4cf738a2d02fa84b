//! Who is behind a request, and what they may see.

use linecrew_protocol::{
    ids::{DistrictId, InstallationId},
    model::person::{Principal, Role},
    time::Timestamp,
};
use warp::http::{Method, header::AUTHORIZATION};

use crate::{auth::Audience, store::Account};

use super::{
    App, cookie,
    problem::{Code, Problem},
    request::Arrival,
};

/// Who reads work items over REST.
pub(super) const READERS: &[Role] = &[Role::Dispatcher, Role::Integrator, Role::Admin, Role::Auditor];
/// Who decides about them.
pub(super) const DECIDERS: &[Role] = &[Role::Dispatcher, Role::Admin];

/// A person who is signed in, with the roles of this moment.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Who.
    pub(crate) account: Account,
    /// When the token ends.
    pub(crate) expires_at: Timestamp,
}

/// The districts that a caller sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Every district.
    Everywhere,
    /// These.
    Only(Vec<DistrictId>),
}

impl Sight {
    /// Whether it reaches this district.
    pub(crate) fn reaches(&self, district: DistrictId) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Only(districts) => districts.contains(&district),
        }
    }

    /// The districts, none when there is no bound.
    pub(crate) fn districts(&self) -> Option<Vec<DistrictId>> {
        match self {
            Self::Everywhere => None,
            Self::Only(districts) => Some(districts.clone()),
        }
    }
}

impl Caller {
    /// Finds out who calls: by bearer token, or by the board's cookie, which a request that changes something must accompany with a header
    /// that a foreign page cannot send.
    pub(crate) async fn of(app: &App, arrival: &Arrival) -> Result<Self, Problem> {
        let now = app.clock.now();
        let holder = if let Some(authorization) = arrival.header(AUTHORIZATION) {
            bearer(authorization).and_then(|token| app.tokens.verify(token, Audience::Api, now))
        } else {
            let holder = cookie::token(arrival).and_then(|token| app.tokens.verify(token, Audience::Board, now));
            if holder.is_some() && arrival.method != Method::GET {
                cookie::refuse_foreign_pages(arrival)?;
            }
            holder
        };
        let holder = holder.ok_or(Problem::new(Code::Unauthenticated))?;
        let account = app.store.account(holder.person).await?.ok_or(Problem::new(Code::Unauthenticated))?;
        Ok(Self { account, expires_at: holder.expires_at })
    }

    /// What the caller sees by any of these roles.
    ///
    /// # Errors
    /// 403 when they hold none.
    pub(crate) fn sight(&self, roles: &[Role]) -> Result<Sight, Problem> {
        let grants: Vec<_> = self.account.roles.iter().filter(|grant| roles.contains(&grant.role)).collect();
        if grants.is_empty() {
            return Err(Problem::new(Code::NotPermitted).because(format!("{} cannot do this", self.held())));
        }
        let districts: Option<Vec<DistrictId>> = grants.iter().map(|grant| grant.district).collect();
        Ok(districts.map_or(Sight::Everywhere, Sight::Only))
    }

    /// Whether they run the whole system, and not a district of it.
    pub(crate) fn is_admin_of_all(&self) -> bool {
        self.account.roles.iter().any(|grant| grant.role == Role::Admin && grant.district.is_none())
    }

    /// Refuses whoever does not run the whole system: who makes people could give themselves every other right.
    ///
    /// # Errors
    /// 403 for everybody else, an admin of one district included.
    pub(crate) fn refuse_unless_admin_of_all(&self) -> Result<(), Problem> {
        let why = || Problem::new(Code::NotPermitted).because(format!("{} cannot do this", self.held()));
        self.is_admin_of_all().then_some(()).ok_or_else(why)
    }

    /// The caller as the rules know them. Office work has no phone: the store signs it as its own installation.
    pub(crate) fn principal(&self, app: &App) -> Principal {
        self.account.principal(InstallationId::from_bytes(*app.store.epoch().as_bytes()))
    }

    fn held(&self) -> String {
        let names: Vec<String> = self.account.roles.iter().map(|grant| role_name(grant.role)).collect();
        if names.is_empty() { "a person without a role".to_owned() } else { format!("role {}", names.join(", ")) }
    }
}

fn role_name(role: Role) -> String {
    serde_json::to_value(role).ok().and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default()
}

/// The token of an `Authorization` header.
pub(super) fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
