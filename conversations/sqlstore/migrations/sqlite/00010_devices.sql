-- +goose Up

-- The bank's app on candidates' phones. The id is made of provider and token,
-- so that a token belongs to one candidate: the latest.
create table devices (
	id         text   not null primary key,
	candidate  text   not null,
	branch     text   not null,
	provider   text   not null,
	token      text   not null,
	handset    text   not null,
	vendor     text   not null,
	locale     text   not null,
	registered bigint not null
);
create index devices_candidate on devices (candidate);
create index devices_handset on devices (handset) where handset <> '';
