-- +goose Up

-- An application that gets further touches its row and no index: those on its
-- way there would be written two or three times for every result.
create table milestones_by_conversation (
	conversation text   not null,
	result       text   not null,
	branch       text   not null,
	position     text   not null,
	channel      text   not null,
	told         bigint not null,
	sent         bigint not null,
	delivered    bigint not null,
	seen         bigint not null,
	replied      bigint not null,
	confirmed    bigint not null,
	reply_by     bigint not null,
	open         bigint not null,
	missing      bigint not null,
	primary key (conversation, result)
) without rowid;
insert into milestones_by_conversation
select conversation, result, branch, position, channel, told, sent, delivered, seen, replied, confirmed, reply_by, open, missing from milestones;
drop table milestones;
alter table milestones_by_conversation rename to milestones;
create index milestones_told on milestones (told);
create index milestones_due on milestones (reply_by, branch) where open = 1 and reply_by > 0;
create index milestones_missing on milestones (branch, missing) where missing > 0;
