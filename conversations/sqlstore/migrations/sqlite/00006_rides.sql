-- +goose Up

-- ride is until when a callback's answer must have carried the message, 0 if
-- it does not ride, or no longer. carried is 1 when one did, 2 when one was
-- to and did not.
alter table messages add column ride bigint not null default 0;
create index messages_rides on messages (conversation) where ride > 0;

-- Bodies are appended, where the tasks of a commit share pages, instead of
-- each being put in its lane's.
alter table outbox rename to outbox_by_lane;
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
insert into outbox select * from outbox_by_lane;
drop table outbox_by_lane;
