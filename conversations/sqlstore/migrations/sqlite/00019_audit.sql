-- +goose Up

-- The audit log. What was done is written to audit_waiting, with what did it,
-- and linked into audit_log within a second. Neither is ever changed, nothing
-- leaves audit_waiting that is not in audit_log, and nothing leaves that but
-- what lies before the anchor, which is signed.
create table audit_waiting (
	id   integer primary key autoincrement,
	body text    not null
);
create table audit_log (
	n       integer primary key,
	waited  bigint  not null unique,
	hash    text    not null,
	body    text    not null,
	at      bigint  not null generated always as (json_extract(body, '$.at')) virtual,
	actor   text    not null generated always as (coalesce(json_extract(body, '$.actor'), '')) virtual,
	action  text    not null generated always as (json_extract(body, '$.action')) virtual,
	subject text    not null generated always as (coalesce(json_extract(body, '$.subject'), '')) virtual,
	branch  text    not null generated always as (coalesce(json_extract(body, '$.branch'), '')) virtual
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
create trigger audit_waiting_fixed before update on audit_waiting begin
	select raise(abort, 'entries of the audit log cannot be changed');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger audit_waiting_kept before delete on audit_waiting
when not exists (select 1 from audit_log where waited = old.id) begin
	select raise(abort, 'entries of the audit log cannot be deleted');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger audit_log_fixed before update on audit_log begin
	select raise(abort, 'entries of the audit log cannot be changed');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger audit_log_kept before delete on audit_log
when old.n > (select anchor from audit_head) begin
	select raise(abort, 'entries of the audit log cannot be deleted');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger audit_head_kept before delete on audit_head begin
	select raise(abort, 'the head of the audit log cannot be deleted');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger audit_head_alone before insert on audit_head begin
	select raise(abort, 'the audit log has one head');
end;
-- +goose StatementEnd
