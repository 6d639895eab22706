-- +goose Up

-- What agents do to many conversations at once. One that nothing is to be done
-- about is due at 0.
create table bulks (
	id      text   not null primary key,
	agent   text   not null,
	created bigint not null,
	due     bigint not null,
	version bigint not null,
	state   text   not null
);
create index bulks_of on bulks (agent, created);
create index bulks_due on bulks (due) where due > 0;
