-- +goose Up

-- What an agent is there for. Those who were administrators are branch_admin,
-- or head_office if a branch of theirs is a root.
alter table agents add column role text not null default 'agent';
update agents set role = 'branch_admin' where admin <> 0;
update agents set role = 'head_office' where admin <> 0
	and exists (select 1 from json_each(agents.scope) as b where b.value not like '%/%');
alter table agents drop column admin;

-- A session knows where it is from, so that its agent can tell it from others
-- and end it. Those that there are go on, and are used as of now.
alter table sessions add column id text not null default '';
alter table sessions add column began bigint not null default 0;
alter table sessions add column seen bigint not null default 0;
alter table sessions add column way text not null default 'link';
alter table sessions add column browser text not null default '';
alter table sessions add column place text not null default '';
update sessions set id = substr(hash, 1, 16), began = expires - 604800000, seen = unixepoch() * 1000;
create index sessions_agent on sessions (agent);

-- How agents sign in without another system: the password's argon2id hash, the
-- second factor's secret, sealed, and the last step of it that was used.
create table credentials (
	agent    text   not null primary key,
	login    text   not null unique,
	password text   not null,
	changed  bigint not null,
	factor   text   not null default '',
	enrolled bigint not null default 0,
	step     bigint not null default 0
);

-- Hashes of codes in place of the second factor. Each works once.
create table recovery_codes (
	agent text not null,
	hash  text not null,
	primary key (agent, hash)
);

-- Who agents are to other systems.
create table identities (
	issuer  text   not null,
	subject text   not null,
	agent   text   not null,
	bound   bigint not null,
	primary key (issuer, subject)
);
create index identities_agent on identities (agent);

-- Failed tries to sign in, by hashes of who and where, and until when no other
-- is looked at.
create table tries (
	key   text   not null primary key,
	n     bigint not null,
	last  bigint not null,
	until bigint not null
);
create index tries_last on tries (last);
