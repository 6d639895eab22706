-- +goose Up

-- disabled is 0, or since when the agent may not sign in.
alter table agents add column disabled bigint not null default 0;
