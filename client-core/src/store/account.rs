//! Who works here.

use linecrew_protocol::ids::{CrewId, PersonId};
use rusqlite::{Connection, OptionalExtension, Result, Row, Transaction, named_params};

use super::columns::{Json, optional_time, time};
use crate::account::{AccountView, Session, SignIn};

pub(crate) fn find(connection: &Connection) -> Result<Option<AccountView>> {
    let sql = "SELECT person, server_url, name, username, grants, crew, crew_name, token IS NOT NULL AS signed_in, token_expires_at
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

pub(crate) fn store(transaction: &Transaction<'_>, session: &SignIn) -> Result<()> {
    let sql = "INSERT INTO account (one, person, server_url, name, username, grants, crew, crew_name, token, token_expires_at)
               VALUES (1, :person, :server_url, :name, :username, :grants, :crew, :crew_name, :token, :token_expires_at)
               ON CONFLICT (one) DO UPDATE SET person = excluded.person, server_url = excluded.server_url, name = excluded.name,
                   username = excluded.username, grants = excluded.grants, crew = excluded.crew, crew_name = excluded.crew_name,
                   token = excluded.token, token_expires_at = excluded.token_expires_at";
    let crew = session.crew.as_ref();
    let written = transaction.execute(
        sql,
        named_params! {
            ":person": session.person.as_bytes(),
            ":server_url": session.server_url,
            ":name": session.name,
            ":username": session.username,
            ":grants": Json(&session.grants),
            ":crew": crew.map(|(id, _)| id.as_bytes()),
            ":crew_name": crew.map(|(_, name)| name),
            ":token": session.token,
            ":token_expires_at": session.token_expires_at.as_unix_millis(),
        },
    );
    written.map(drop)
}

pub(crate) fn forget_token(transaction: &Transaction<'_>) -> Result<()> {
    transaction.execute("UPDATE account SET token = NULL, token_expires_at = NULL", []).map(drop)
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
        token_expires_at: optional_time(row, "token_expires_at")?,
    })
}
