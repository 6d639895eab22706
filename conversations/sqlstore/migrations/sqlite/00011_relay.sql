-- +goose Up

-- What happened, once for all who are told of it. A row is never changed.
create table events (
	conversation text   not null,
	sequence     bigint not null,
	type         text   not null,
	at           bigint not null,
	body         text   not null,
	primary key (conversation, sequence)
);
create index events_at on events (at);

-- Who is told. key is made anew for every endpoint, so that nothing of one
-- that was removed is taken for another's of the same id. beginning is 1 if it
-- is told what happened before it was there; filling is 1 as long as not all
-- conversations up to the last have their rows in deliveries, filled says how
-- far that is. position is the last one in its feed. removed is 1 as long as
-- something of it is left to be deleted.
create table endpoints (
	key           text   not null primary key,
	id            text   not null,
	name          text   not null,
	kind          text   not null,
	branch        text   not null,
	types         text   not null,
	settings      text   not null,
	configured    bigint not null,
	created       bigint not null,
	version       bigint not null,
	paused        bigint not null default 0,
	pause_reason  text   not null default '',
	pause_detail  text   not null default '',
	paused_by     text   not null default '',
	beginning     bigint not null,
	filling       bigint not null,
	filled        text   not null default '',
	position      bigint not null default 0,
	removed       bigint not null default 0
);
create unique index endpoints_id on endpoints (id) where removed = 0;

-- How far an endpoint has got with a conversation: known is the last event
-- there is, taken the last that it took. due is when there is something to do,
-- 0 if there is nothing; lease is 0, or until when a worker holds the row.
-- attempts, since and note are of the event after taken; replays counts those
-- that are to be told again.
create table deliveries (
	conversation text   not null,
	endpoint     text   not null,
	known        bigint not null,
	taken        bigint not null,
	replays      bigint not null default 0,
	due          bigint not null,
	lease        bigint not null default 0,
	attempts     bigint not null default 0,
	since        bigint not null default 0,
	note         text   not null default '',
	primary key (conversation, endpoint)
) without rowid;
create index deliveries_due on deliveries (endpoint, due) where due > 0;

-- Events that are to be told again, before what is new.
create table replays (
	endpoint     text   not null,
	conversation text   not null,
	sequence     bigint not null,
	attempts     bigint not null default 0,
	since        bigint not null default 0,
	note         text   not null default '',
	primary key (endpoint, conversation, sequence)
) without rowid;

create table dead_letters (
	endpoint     text   not null,
	conversation text   not null,
	sequence     bigint not null,
	at           bigint not null,
	attempts     bigint not null,
	note         text   not null,
	primary key (endpoint, conversation, sequence)
) without rowid;

-- note is empty if the event was taken.
create table attempts (
	id           integer primary key autoincrement,
	endpoint     text   not null,
	conversation text   not null,
	sequence     bigint not null,
	at           bigint not null,
	took         bigint not null,
	status       bigint not null,
	note         text   not null,
	answer       text   not null
);
create index attempts_endpoint on attempts (endpoint, id);
create index attempts_conversation on attempts (conversation, id);
create index attempts_failed on attempts (endpoint, id) where note <> '';

create table feed (
	endpoint     text   not null,
	position     bigint not null,
	conversation text   not null,
	sequence     bigint not null,
	at           bigint not null,
	primary key (endpoint, position)
) without rowid;

-- What the outbox has told, and has still to tell, was and is for one
-- endpoint, which had the id ehr in the configuration.
insert into events (conversation, sequence, type, at, body)
	select substr(lane, 7), sequence, coalesce(json_extract(body, '$.type'), ''), created, body from outbox where kind = 'event';
insert into endpoints (key, id, name, kind, branch, types, settings, configured, created, version, beginning, filling)
	select 'ehr', 'ehr', 'EHR', 'webhook', '', '[]', '{}', 1, min(created), 1, 1, 0 from outbox where kind = 'event' having count(*) > 0;
insert into deliveries (conversation, endpoint, known, taken, due)
	select substr(lane, 7), 'ehr', max(sequence), max(sequence), 0 from outbox where kind = 'event' group by lane;
update deliveries set (taken, due, attempts, note) = (
	select o.sequence - 1, case when o.due > 0 then o.due else 1 end, o.attempts, o.note from outbox o
	where o.lane = 'event:' || deliveries.conversation and o.done = 0 order by o.sequence limit 1)
	where exists (select 1 from outbox o where o.lane = 'event:' || deliveries.conversation and o.done = 0);
delete from outbox where kind = 'event';
delete from lanes where kind = 'event';
