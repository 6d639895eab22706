-- +goose Up

-- One row a conversation: the whole state as JSON, and the columns it is
-- searched by. place orders the inbox: who waits longest first, then the
-- latest. turns numbers what happened. flags: 1 waits for a person, 2 unread, 4 waits for HR's decision.
create table conversations (
	id        text   not null primary key,
	branch    text   not null,
	candidate text   not null,
	phone     text   not null,
	name      text   not null,
	agent     text   not null,
	flags     bigint not null,
	hidden    bigint not null,
	place     bigint not null,
	turns     bigint not null,
	state     text   not null
) with (fillfactor = 70); -- room for the next state on the same page, which touches no index
create unique index conversations_candidate on conversations (candidate) where candidate <> '';
create index conversations_phone on conversations (phone) where phone <> '';
create index conversations_place on conversations (place, id) where hidden = 0;
create index conversations_requests on conversations (place, id) where hidden = 0 and flags & 4 <> 0;
create index conversations_agent on conversations (agent, place, id) where hidden = 0 and agent <> '';
create index conversations_counts on conversations (branch, agent, flags) where hidden = 0;

-- address and platform are account/id.
create table addresses (
	address      text not null primary key,
	conversation text not null
);

-- history is the list of statuses, only ever appended to.
create table messages (
	conversation text   not null,
	n            bigint not null,
	dedupe       text   not null,
	platform     text   not null,
	status       bigint not null,
	reason       text   not null,
	answer       text   not null,
	carried      bigint not null default 0,
	history      text   not null default '',
	body         text   not null,
	primary key (conversation, n)
);
create unique index messages_dedupe on messages (dedupe) where dedupe <> '';
create index messages_platform on messages (platform) where platform <> '';

create table early_receipts (
	platform_id text   not null,
	account     text   not null,
	status      bigint not null,
	at          bigint not null,
	reason      text   not null,
	primary key (platform_id, account, status, at)
);

create table invitations (
	scene        text   not null primary key,
	conversation text   not null,
	expires      bigint not null,
	used         bigint not null
);

create table results (
	id           text   not null primary key,
	conversation text   not null,
	branch       text   not null,
	digest       text   not null,
	posted       bigint not null,
	body         text   not null
);

-- A lane belongs to one conversation; pos, made of the number of its turn,
-- is the order within the lane. done is 0, or when an event was delivered:
-- events stay, all other tasks go.
create table outbox (
	lane     text   not null,
	done     bigint not null default 0,
	id       text   not null,
	pos      bigint not null,
	kind     text   not null,
	due      bigint not null,
	created  bigint not null,
	attempts bigint not null default 0,
	ride     bigint not null,
	sequence bigint not null,
	note     text   not null default '',
	body     text   not null,
	primary key (lane, done, id)
);

-- A lane is due when its first task is. lease is 0, or until when a worker
-- holds the lane.
create table lanes (
	lane  text   not null primary key,
	kind  text   not null,
	due   bigint not null,
	lease bigint not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index lanes_due on lanes (kind, lease, due);

create table agents (
	id      text   not null primary key,
	name    text   not null,
	scope   text   not null,
	admin   bigint not null,
	created bigint not null
);

-- Only SHA-256 hashes of tokens are kept.
create table sign_ins (
	hash    text   not null primary key,
	agent   text   not null,
	expires bigint not null
);
create table sessions (
	hash    text   not null primary key,
	agent   text   not null,
	expires bigint not null,
	csrf    text   not null
);
