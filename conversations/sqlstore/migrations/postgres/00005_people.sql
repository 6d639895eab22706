-- +goose Up

-- How long candidates lately waited for a person's first words, in
-- milliseconds of office time.
create table answered (
	at     bigint not null,
	branch text   not null,
	waited bigint not null
);
create index answered_at on answered (at);

create index conversations_waiting on conversations (branch) where hidden = 0 and flags & 1 <> 0;
