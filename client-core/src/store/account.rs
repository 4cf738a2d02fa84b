//! Who works here.

use linecrew_protocol::{
    ids::{CrewId, PersonId},
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Result, Row, Transaction, named_params};

use super::columns::{Json, optional_time, time};
use crate::account::{AccountView, Session, SignIn};

pub(crate) fn find(connection: &Connection) -> Result<Option<AccountView>> {
    let sql = "SELECT person, server_url, name, username, grants, crew, crew_name, refresh_token IS NOT NULL AS signed_in,
                   refresh_expires_at
               FROM account";
    connection.prepare_cached(sql)?.query_row([], read).optional()
}

pub(crate) fn session(connection: &Connection) -> Result<Option<Session>> {
    let sql = "SELECT server_url, token, token_expires_at FROM account WHERE token IS NOT NULL";
    let session = connection.query_row(sql, [], |row| {
        Ok(Session { server_url: row.get("server_url")?, token: row.get("token")?, token_expires_at: time(row, "token_expires_at")? })
    });
    session.optional()
}

/// What gets the next tokens.
pub(crate) struct Refresh {
    pub(crate) token: String,
    /// When the server made it.
    pub(crate) made_at: Option<Timestamp>,
}

pub(crate) fn refresh(connection: &Connection) -> Result<Option<Refresh>> {
    let sql = "SELECT refresh_token, tokens_made_at FROM account WHERE refresh_token IS NOT NULL";
    let refresh = connection
        .query_row(sql, [], |row| Ok(Refresh { token: row.get("refresh_token")?, made_at: optional_time(row, "tokens_made_at")? }));
    refresh.optional()
}

pub(crate) fn store(transaction: &Transaction<'_>, sign_in: &SignIn) -> Result<()> {
    let sql =
        "INSERT INTO account (one, person, server_url, name, username, grants, crew, crew_name, token, token_expires_at, refresh_token,
                   refresh_expires_at, tokens_made_at)
               VALUES (1, :person, :server_url, :name, :username, :grants, :crew, :crew_name, :token, :token_expires_at, :refresh_token,
                   :refresh_expires_at, :tokens_made_at)
               ON CONFLICT (one) DO UPDATE SET person = excluded.person, server_url = excluded.server_url, name = excluded.name,
                   username = excluded.username, grants = excluded.grants, crew = excluded.crew, crew_name = excluded.crew_name,
                   token = excluded.token, token_expires_at = excluded.token_expires_at, refresh_token = excluded.refresh_token,
                   refresh_expires_at = excluded.refresh_expires_at, tokens_made_at = excluded.tokens_made_at";
    let crew = sign_in.crew.as_ref();
    let written = transaction.execute(
        sql,
        named_params! {
            ":person": sign_in.person.as_bytes(),
            ":server_url": sign_in.server_url,
            ":name": sign_in.name,
            ":username": sign_in.username,
            ":grants": Json(&sign_in.grants),
            ":crew": crew.map(|(id, _)| id.as_bytes()),
            ":crew_name": crew.map(|(_, name)| name),
            ":token": sign_in.token,
            ":token_expires_at": sign_in.token_expires_at.as_unix_millis(),
            ":refresh_token": sign_in.refresh_token,
            ":refresh_expires_at": sign_in.refresh_expires_at.as_unix_millis(),
            ":tokens_made_at": sign_in.server_time.as_unix_millis(),
        },
    );
    written.map(drop)
}

pub(crate) fn forget_tokens(transaction: &Transaction<'_>) -> Result<()> {
    let sql = "UPDATE account SET token = NULL, token_expires_at = NULL, refresh_token = NULL, refresh_expires_at = NULL,
                   tokens_made_at = NULL";
    transaction.execute(sql, []).map(drop)
}

fn read(row: &Row<'_>) -> Result<AccountView> {
    let grants: Json<_> = row.get("grants")?;
    let crew: Option<[u8; 16]> = row.get("crew")?;
    Ok(AccountView {
        person: PersonId::from_bytes(row.get("person")?),
        name: row.get("name")?,
        username: row.get("username")?,
        server_url: row.get("server_url")?,
        grants: grants.0,
        crew: crew.map(CrewId::from_bytes),
        crew_name: row.get("crew_name")?,
        signed_in: row.get("signed_in")?,
        signed_in_until: optional_time(row, "refresh_expires_at")?,
    })
}
