-- +goose Up

-- Calls of other systems under keys of their own, with their answers. A call
-- that is under way has the status 0.
create table requests (
	caller  text   not null,
	key     text   not null,
	digest  text   not null,
	status  bigint not null,
	answer  text   not null,
	until   bigint not null,
	created bigint not null,
	primary key (caller, key)
);
create index requests_created on requests (created);
