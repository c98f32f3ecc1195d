-- A subgroup that became the whole class lists nobody: everybody enrolled attends.
delete from registry.group_members m using p_groups g where g.school_id = m.school_id and g.id = m.group_id and g.kind = 'class';

insert into registry.identities (person_id, snils_hash, snils_cipher)
select u.id, u.snils_hash, u.snils_cipher from r_users u
 where u.snils_hash is not null and not exists (select from registry.identities x where x.person_id = u.id);

update registry.identities x set snils_hash = u.snils_hash, snils_cipher = u.snils_cipher
  from r_users u where x.person_id = u.id and x.snils_hash is null and u.snils_hash is not null;

-- The closure follows the tree; forty thousand schools take a second, so only when the tree may have changed.
with recursive tree as (
  select id, id as ancestor, 0::smallint as depth from registry.organisations where (select count(*) from p_organisations) > 0 and not (select is_limited from i_scope limit 1)
  union all
  select t.id, o.parent_id, (t.depth + 1)::smallint from tree t join registry.organisations o on o.id = t.ancestor
   where o.parent_id is not null and t.depth < 8),
gone as (
  delete from registry.unit_closure c where exists (select from tree) and not exists (
    select from tree t where t.id = c.descendant_id and t.ancestor = c.ancestor_id))
insert into registry.unit_closure (ancestor_id, descendant_id, depth)
select ancestor, id, depth from tree
on conflict (ancestor_id, descendant_id) do update set depth = excluded.depth where unit_closure.depth <> excluded.depth;
