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
select c.id, json_extract(a.value, '$.result_id'), c.branch, coalesce(json_extract(a.value, '$.position.title'), ''), '',
	coalesce(cast(round((julianday(json_extract(a.value, '$.at')) - 2440587.5) * 86400000) as integer), s.at),
	case when json_extract(a.value, '$.status') >= 30 then s.at else 0 end,
	case when json_extract(a.value, '$.status') >= 50 then s.at else 0 end,
	case when json_extract(a.value, '$.status') >= 60 then s.at else 0 end,
	case when coalesce(json_extract(a.value, '$.answer'), '') not in ('', 'withdrawn') then s.at else 0 end,
	case when json_extract(a.value, '$.answer') = 'confirmed' then s.at else 0 end,
	coalesce(cast(round((julianday(json_extract(a.value, '$.offer.reply_by')) - 2440587.5) * 86400000) as integer), 0),
	case when a.key = json_array_length(c.state, '$.applications') - 1 and coalesce(json_extract(a.value, '$.answer'), '') in ('', 'countered') then 1 else 0 end,
	case when a.key = json_array_length(c.state, '$.applications') - 1 and coalesce(json_extract(a.value, '$.answer'), '') not in ('declined', 'withdrawn') then
		(select count(*) from json_each(a.value, '$.checklist') i where not exists (
			select 1 from json_each(i.value, '$.documents') d where json_extract(d.value, '$.state') <> 'rejected')) else 0 end
from conversations c, json_each(c.state, '$.applications') a, (select c2.id, coalesce(cast(round((julianday(json_extract(c2.state, '$.updated')) - 2440587.5) * 86400000) as integer), 0) as at from conversations c2) s
where s.id = c.id and c.candidate <> '';
