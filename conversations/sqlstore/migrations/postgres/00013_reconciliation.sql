-- +goose Up

-- Comparisons of what other systems know with what there is, and their
-- reports: body is the report. finished is 0 as long as one lasts or waits;
-- holder works on it until lease.
create table reconciliations (
	id       text   not null primary key,
	kind     text   not null,
	branch   text   not null,
	asked    bigint not null,
	finished bigint not null default 0,
	lease    bigint not null default 0,
	holder   text   not null default '',
	body     text   not null
);
create index reconciliations_asked on reconciliations (asked);
create index reconciliations_open on reconciliations (asked) where finished = 0;

-- What does not agree, in the order in which it was found.
create table differences (
	reconciliation text   not null,
	n              bigint not null,
	branch         text   not null,
	body           text   not null,
	primary key (reconciliation, n)
);

-- What a system said last that it believes of a candidate.
create table beliefs (
	system    text   not null,
	candidate text   not null,
	at        bigint not null,
	body      text   not null,
	primary key (system, candidate)
);

create index conversations_digests on conversations (candidate collate "C") where candidate <> '';
create index conversations_conflicts on conversations (place, id) where hidden = 0 and flags & 16 <> 0;
