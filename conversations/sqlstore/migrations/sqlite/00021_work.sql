-- +goose Up

-- Since when a decision, documents, a call or a failure wait for HR; 0 for not
-- at all. Few conversations have any of these.
alter table conversations add column asked   bigint not null default 0;
alter table conversations add column papers  bigint not null default 0;
alter table conversations add column rings   bigint not null default 0;
alter table conversations add column failing bigint not null default 0;
create index conversations_asked   on conversations (asked, id, branch, snoozed) where asked > 0;
create index conversations_papers  on conversations (papers, id, branch, snoozed) where papers > 0;
create index conversations_rings   on conversations (rings, id, branch, snoozed) where rings > 0;
create index conversations_failing on conversations ((-failing), id, branch, snoozed) where failing > 0;

insert into chores select 'columns' where not exists (select 1 from chores where name = 'columns');
