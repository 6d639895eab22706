-- +goose Up

-- The audit log. What was done is written to audit_waiting, with what did it,
-- and linked into audit_log within a second. Neither is ever changed, nothing
-- leaves audit_waiting that is not in audit_log, and nothing leaves that but
-- what lies before the anchor, which is signed.
create table audit_waiting (
	id   bigint generated always as identity primary key,
	body text   not null
);
create table audit_log (
	n       bigint primary key,
	waited  bigint not null unique,
	hash    text   not null,
	body    text   not null,
	at      bigint not null generated always as ((body::jsonb ->> 'at')::bigint) stored,
	actor   text   not null generated always as (coalesce(body::jsonb ->> 'actor', '')) stored,
	action  text   not null generated always as (body::jsonb ->> 'action') stored,
	subject text   not null generated always as (coalesce(body::jsonb ->> 'subject', '')) stored,
	branch  text   not null generated always as (coalesce(body::jsonb ->> 'branch', '')) stored
);
create index audit_log_at on audit_log (at);
create index audit_log_actor on audit_log (actor, n);
create index audit_log_action on audit_log (action, n);
create index audit_log_subject on audit_log (subject, n);
create table audit_head (
	anchor      bigint not null,
	anchor_hash text   not null,
	n           bigint not null,
	hash        text   not null,
	at          bigint not null,
	signature   text   not null
);
insert into audit_head values (0, '', 0, '', 0, '');

-- +goose StatementBegin
create function audit_refuse() returns trigger language plpgsql as $$
begin
	if tg_table_name = 'audit_waiting' and tg_op = 'DELETE' then
		if exists (select 1 from audit_log where waited = old.id) then
			return old;
		end if;
	elsif tg_table_name = 'audit_log' and tg_op = 'DELETE' then
		if old.n <= (select anchor from audit_head) then
			return old;
		end if;
	end if;
	raise exception 'the audit log cannot be changed: % of %', tg_op, tg_table_name;
end $$;
-- +goose StatementEnd
create trigger audit_waiting_kept before update or delete on audit_waiting for each row execute function audit_refuse();
create trigger audit_waiting_full before truncate on audit_waiting for each statement execute function audit_refuse();
create trigger audit_log_kept before update or delete on audit_log for each row execute function audit_refuse();
create trigger audit_log_full before truncate on audit_log for each statement execute function audit_refuse();
create trigger audit_head_kept before insert or delete on audit_head for each row execute function audit_refuse();
create trigger audit_head_full before truncate on audit_head for each statement execute function audit_refuse();
