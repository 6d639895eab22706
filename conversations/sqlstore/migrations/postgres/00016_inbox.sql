-- +goose Up

-- closed is 1 when HR is done with the conversation. tail are the phone's last
-- digits. flags: 32 in the queue, 64 documents to look at, 128 the latest
-- delivery failed. The rest is explained in columns.go.
alter table conversations add column closed   bigint not null default 0;
alter table conversations add column tail     text   not null default '';
alter table conversations add column position text   not null default '';
alter table conversations add column intake   text   not null default '';
alter table conversations add column channel  text   not null default '';
alter table conversations add column answer   text   not null default '';
alter table conversations add column snoozed  bigint not null default 0;
alter table conversations add column deadline bigint not null default 0;
alter table conversations add column shuts    bigint not null default 0;

-- Branches are compared by bytes, so that those below one are a range.
alter table conversations alter column branch type text collate "C";

-- What the indexes are for, and what they cost, is explained in views.go.
drop index conversations_place;
drop index conversations_requests;
drop index conversations_agent;
drop index conversations_counts;
drop index conversations_waiting;
drop index conversations_calls;
create index conversations_tail on conversations (tail) where tail <> '';
create index conversations_counts on conversations (branch, closed, flags, snoozed) where hidden = 0;
create index conversations_open on conversations (place, id, branch, position, intake, channel, answer, agent, flags, snoozed)
	where hidden = 0 and closed = 0;
create index conversations_closed on conversations (place, id, branch, position, intake, channel, answer, agent, flags, snoozed)
	where hidden = 0 and closed = 1;
create index conversations_agent on conversations (agent, place, id, branch, position, intake, channel, answer, flags, snoozed)
	where hidden = 0 and closed = 0 and agent <> '';
create index conversations_waiting on conversations (place, id, branch, position, intake, channel, answer, agent, flags, snoozed)
	where hidden = 0 and closed = 0 and flags & 1 <> 0;
create index conversations_requests on conversations (place, id, branch, position, intake, channel, answer, agent, flags, snoozed)
	where hidden = 0 and closed = 0 and flags & 4 <> 0;
create index conversations_calls on conversations (place, id, branch, position, intake, channel, answer, agent, flags, snoozed)
	where hidden = 0 and closed = 0 and flags & 8 <> 0;
create index conversations_queued on conversations (place, id, branch, position, intake, channel, answer, agent, flags, snoozed)
	where hidden = 0 and closed = 0 and flags & 32 <> 0;
create index conversations_documents on conversations (place, id, branch, position, intake, channel, answer, agent, flags, snoozed)
	where hidden = 0 and closed = 0 and flags & 64 <> 0;
create index conversations_failed on conversations (place, id, branch, position, intake, channel, answer, agent, flags, snoozed)
	where hidden = 0 and closed = 0 and flags & 128 <> 0;
create index conversations_deadline on conversations (deadline, id, branch, position, intake, channel, answer, agent, flags, snoozed, shuts)
	where hidden = 0 and closed = 0 and deadline > 0;
create index conversations_shuts on conversations (shuts, id, branch, position, intake, channel, answer, agent, flags, snoozed, deadline)
	where hidden = 0 and closed = 0 and shuts > 0;
create index conversations_snoozed on conversations (snoozed, id, branch, position, intake, channel, answer, agent, flags)
	where hidden = 0 and closed = 0 and snoozed > 0;

-- What conversations can be told apart by: every value that one of a branch
-- has, or had.
create table facets (
	kind   text not null,
	branch text not null,
	value  text not null,
	primary key (kind, branch, value)
);

-- What the program does once, when it opens the database, before anybody else
-- uses it. columns: compute them from the state.
create table chores (name text not null primary key);
insert into chores values ('columns');

create table saved_views (
	id    text not null primary key,
	agent text not null,
	name  text not null,
	query text not null
);
create index saved_views_agent on saved_views (agent);

-- What can be searched for; see indexer.go. Of every page there is one row a
-- word: docs are the places in the page, two characters each.
create table words (
	page bigint not null,
	word text   collate "C" not null,
	docs text   not null,
	primary key (page, word)
);

-- Which message a place in a page is, doc being page * 16000 + place; n is 0
-- for who the candidate is.
create table texts (
	doc          bigint  not null primary key,
	conversation text   not null,
	n            bigint not null
);

-- How far a conversation's messages are indexed, and as what it was.
create table indexed (
	conversation text   not null primary key,
	upto         bigint not null,
	branch       text   not null,
	person       text   not null
);

-- next is the doc that nobody has yet. built is 1 when what was there before
-- there was an index is in it; until lease somebody is at that.
create table indexing (
	id    bigint not null primary key,
	next  bigint not null,
	built bigint not null,
	lease bigint not null
);
insert into indexing select 1, 0, case when exists (select 1 from conversations) then 0 else 1 end, 0;
