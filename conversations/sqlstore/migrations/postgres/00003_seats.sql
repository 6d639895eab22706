-- +goose Up

-- The seats taken in intake classes. A number is one person's, and a person
-- has one in a class.
create table seats (
	class        text   not null,
	number       bigint not null,
	conversation text   not null,
	primary key (class, number),
	unique (class, conversation)
);
