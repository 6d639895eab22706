-- +goose Up

-- An application that gets further touches no index, and stays in its page
-- while there is room: those on its way there would be written two or three
-- times for every result.
drop index milestones_told;
create index milestones_told on milestones (told);
alter table milestones set (fillfactor = 70);
