-- +goose Up

-- ride is until when a callback's answer must have carried the message, 0 if
-- it does not ride, or no longer. carried is 1 when one did, 2 when one was
-- to and did not.
alter table messages add column ride bigint not null default 0;
create index messages_rides on messages (conversation) where ride > 0;
