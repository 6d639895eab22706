-- +goose Up

-- Replies that leads keep ready, the latest version of each.
create table canned (
	id      text   not null primary key,
	version bigint not null,
	branch  text   not null,
	body    text   not null
);
