-- +goose Up

-- The texts that HR keeps to answer questions from, one row a version.
-- Versions are added and never changed. serves is the version that candidates
-- are told as of this one, 0 for none.
create table articles (
	id      text   not null,
	version bigint not null,
	branch  text   not null,
	serves  bigint not null,
	body    text   not null,
	primary key (id, version)
) without rowid;

-- The questions that nothing answered. apart is 1 when somebody took one out
-- of its group; settled is when it waited no longer, 0 as long as it does.
create table questions (
	id           text   not null primary key,
	conversation text   not null,
	message      text   not null,
	at           bigint not null,
	text         text   not null,
	apart        bigint not null default 0,
	settled      bigint not null default 0,
	agent        text   not null default '',
	article      text   not null default '',
	by_hand      bigint not null default 0
) without rowid;
create index questions_open on questions (at, id) where settled = 0;
