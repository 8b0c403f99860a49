-- For a load: waits until outcomes that are being recorded are committed, and holds back new ones until
-- the load is. Else a step made from what was open a moment ago would wait for ever.
LOCK TABLE wabamigrate.step IN SHARE ROW EXCLUSIVE MODE;
