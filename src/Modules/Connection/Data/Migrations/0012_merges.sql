-- Rows follow two cards made one: see kernel.keep_merges.
select kernel.keep_merges('connection');
