-- +goose Up

-- contacts are addresses that candidates have without binding them. Several
-- may share one: what comes in from it is the latest conversation's.
create table contacts (
	address      text   not null,
	conversation text   not null,
	since        bigint not null,
	primary key (address, conversation)
) without rowid;
create index contacts_latest on contacts (address, since);

-- flags: 8 stands on HR's call list.
create index conversations_calls on conversations (place, id) where hidden = 0 and flags & 8 <> 0;
