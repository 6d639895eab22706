-- +goose Up

-- How far each application has come, and when it first got there; 0 for not
-- yet. open is 1 while an answer to it is waited for, and missing how many of
-- its documents did not come.
create table milestones (
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
);
create index milestones_told on milestones (told, branch, position, channel, sent, delivered, seen, replied, confirmed);
create index milestones_due on milestones (reply_by, branch) where open = 1 and reply_by > 0;
create index milestones_missing on milestones (branch, missing) where missing > 0;

insert into milestones
select c.id, a.app ->> 'result_id', c.branch, coalesce(a.app -> 'position' ->> 'title', ''), '',
	coalesce((extract(epoch from (a.app ->> 'at')::timestamptz) * 1000)::bigint, s.at),
	case when (a.app ->> 'status')::int >= 30 then s.at else 0 end,
	case when (a.app ->> 'status')::int >= 50 then s.at else 0 end,
	case when (a.app ->> 'status')::int >= 60 then s.at else 0 end,
	case when coalesce(a.app ->> 'answer', '') not in ('', 'withdrawn') then s.at else 0 end,
	case when a.app ->> 'answer' = 'confirmed' then s.at else 0 end,
	coalesce((extract(epoch from (a.app -> 'offer' ->> 'reply_by')::timestamptz) * 1000)::bigint, 0),
	case when a.n = jsonb_array_length(c.state::jsonb -> 'applications') and coalesce(a.app ->> 'answer', '') in ('', 'countered') then 1 else 0 end,
	case when a.n = jsonb_array_length(c.state::jsonb -> 'applications') and coalesce(a.app ->> 'answer', '') not in ('declined', 'withdrawn') then
		(select count(*) from jsonb_array_elements(coalesce(a.app -> 'checklist', '[]')) i where not exists (
			select 1 from jsonb_array_elements(coalesce(i -> 'documents', '[]')) d where d ->> 'state' <> 'rejected')) else 0 end
from conversations c
cross join lateral jsonb_array_elements(coalesce(c.state::jsonb -> 'applications', '[]')) with ordinality as a(app, n)
cross join lateral (select coalesce((extract(epoch from (c.state::jsonb ->> 'updated')::timestamptz) * 1000)::bigint, 0) as at) s
where c.candidate <> '';
