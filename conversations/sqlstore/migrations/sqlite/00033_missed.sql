-- +goose Up

-- Messages that a callback was to carry and did not are few, and every
-- callback asks for them: those that ride come and go with each, and an index
-- of them is full of what has gone.
create index messages_missed on messages (conversation) where carried = 2;
