-- +goose Up

-- Candidates of whom the EHR's own storage did not take a document (flag 256).
create index conversations_unpushed on conversations (id) where flags & 256 <> 0;

-- Many events that are to be told again, and are lined up in replays part by
-- part: pick and scope say which, place is the last conversation whose are,
-- events how many there were in all, and lined how many of them are.
create table long_replays (
	id       text   not null primary key,
	endpoint text   not null,
	asked    bigint not null,
	pick     text   not null,
	scope    text   not null,
	events   bigint not null,
	lined    bigint not null default 0,
	place    text   not null default ''
);
create index long_replays_endpoint on long_replays (endpoint, asked);
