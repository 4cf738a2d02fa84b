-- Who somebody is at an OpenID Connect provider (docs/adr/0021). An admin links them; nothing is matched by name or address.

CREATE TABLE oidc_identities (
    -- Both byte for byte as the provider writes them. A subject means somebody within its issuer only.
    issuer    TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    person    BLOB    NOT NULL REFERENCES people (id),
    linked_by BLOB    NOT NULL,
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

-- A person is one account at a provider: who gets another one there gives the old one up.
CREATE UNIQUE INDEX oidc_identities_of_person ON oidc_identities (person, issuer);
