-- +goose Up

-- How far the messages are fetched that platforms keep for an account. pages
-- counts what was fetched. token is the latest callback's, which came at asked.
create table pulls (
	account text   not null primary key,
	cursor  text   not null,
	pages   bigint not null,
	token   text   not null,
	asked   bigint not null
);

-- What keeps an account from its work, which is a kind of task. probe is when
-- it is tried again; ended is 0 as long as it lasts.
create table alarms (
	id      text   not null primary key,
	account text   not null,
	work    text   not null,
	reason  text   not null,
	code    text   not null,
	detail  text   not null,
	since   bigint not null,
	last    bigint not null,
	count   bigint not null,
	probe   bigint not null,
	ended   bigint not null default 0,
	ended_by text  not null default ''
);
create unique index alarms_open on alarms (account, work) where ended = 0;
create index alarms_since on alarms (since);

-- waits names the account that the task waits for, if it could not do its
-- work. unsure is since when nobody can tell whether the task was done.
alter table outbox add column waits text not null default '';
alter table outbox add column unsure bigint not null default 0;
create index outbox_waits on outbox (waits) where waits <> '';
