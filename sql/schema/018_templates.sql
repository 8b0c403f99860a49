-- Templates: what the source has, what of it stands on the destination, and how each came there.

-- The settings decide whether and when (path_step.only_with, settings_of):
-- 'templates'         the templates are looked after at all (not: leave)
-- 'templates_before'  they are copied before a number registers
-- Templates are the WABA's: it has the union of what its own level and its numbers ask for, and all its numbers wait
-- where one of them asks for that.
CREATE FUNCTION wabamigrate.settings_of(region text, templates text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN region IS NULL THEN '{}'::text[] ELSE '{data_localization_region}'::text[] END
        || CASE templates WHEN 'before_register' THEN '{templates,templates_before}'::text[]
                          WHEN 'after_register' THEN '{templates}'::text[]
                          ELSE '{}'::text[] END;

ALTER TABLE wabamigrate.batch
    ADD COLUMN templates_wait   bigint, -- how long register_number waits for the copies; ms
    ADD COLUMN templates_settle bigint; -- how long they are looked after, from the first call on; ms
ALTER TABLE wabamigrate.customer
    ADD COLUMN templates_wait   bigint,
    ADD COLUMN templates_settle bigint,
    -- When the list was last begun to be read, and when last read to its end: what is older than the
    -- first is not there any more once the second is reached.
    ADD COLUMN source_templates_from      timestamptz,
    ADD COLUMN source_templates_at        timestamptz,
    ADD COLUMN destination_templates_from timestamptz,
    ADD COLUMN destination_templates_at   timestamptz,
    ADD COLUMN source_templates_unread    text,        -- why the source's list is not known
    ADD COLUMN templates_full_at          timestamptz; -- when Graph said that the destination is full

-- One by name and language, as Meta tells them apart: a copy has another id.
CREATE TABLE wabamigrate.template (
    customer_id          bigint NOT NULL,
    name                 text   NOT NULL,
    language             text   NOT NULL,
    -- On the source, as last read; source_id NULL: it is only on the destination.
    source_id            text,
    source_status        text,
    source_category      text,
    source_quality       text,
    source_flow_ids      text[],
    source_read_at       timestamptz,
    source_gone_at       timestamptz, -- not on the list any more
    -- What was done for it.
    asked_at             timestamptz, -- the last call that named it, or its page
    asks                 smallint NOT NULL DEFAULT 0,
    ask_after            timestamptz, -- not again before; NULL: now
    refusals             smallint NOT NULL DEFAULT 0,
    refusal              text,        -- what Graph last said of it: free text
    given_up             text,        -- why nothing more is tried: limit, refused, not_seen, no_time
    -- On the destination, as last read; destination_id NULL: it is not there.
    destination_id       text,
    destination_status   text,
    destination_category text,
    destination_quality  text,
    destination_rejected_reason text,
    destination_read_at  timestamptz,
    destination_gone_at  timestamptz, -- it was there, and is not on the list any more
    was_there_before     boolean NOT NULL DEFAULT false, -- of the same name and language, not copied by us or by Meta
    seen_at              timestamptz, -- first seen on the destination
    usable_at            timestamptz, -- first seen APPROVED there
    settled_at           timestamptz, -- copied, judged, and 24 hours old
    PRIMARY KEY (customer_id, name, language)
) WITH (fillfactor = 85);
-- Graph speaks of the source's ids in the call that copies.
CREATE INDEX template_by_source ON wabamigrate.template (customer_id, source_id)
    WHERE source_id IS NOT NULL;
-- What may have to be asked for, or looked at again.
CREATE INDEX template_unsettled ON wabamigrate.template (customer_id, source_id)
    WHERE settled_at IS NULL AND given_up IS NULL AND source_status = 'APPROVED'
      AND source_gone_at IS NULL AND NOT was_there_before;

-- Flows that templates of the source use: the copy of a template needs the copy of its flow.
CREATE TABLE wabamigrate.template_flow (
    customer_id bigint NOT NULL,
    source_id   text   NOT NULL,
    name        text,        -- NULL: the source did not tell it
    asked_at    timestamptz,
    asks        smallint NOT NULL DEFAULT 0,
    copied_id   text,
    refusal     text,
    PRIMARY KEY (customer_id, source_id)
);

-- Who copies it: 'automatic' (Meta by itself at registration, and the call), 'call' (the call only), 'none'.
-- A quality that was not read is one that is not known.
CREATE FUNCTION wabamigrate.template_qualifies(status text, quality text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN status IS DISTINCT FROM 'APPROVED' THEN 'none'
                WHEN quality = 'GREEN' THEN 'automatic'
                WHEN coalesce(quality, 'UNKNOWN') = 'UNKNOWN' THEN 'call'
                ELSE 'none' END;

-- What a step of templates is taken up with (jobs/templates.h); everything counted here is of one WABA, and
-- looked up in what is not settled yet.
-- ids: those that may be asked for now, 500 at most; flows: names of those that have to be copied before
CREATE FUNCTION wabamigrate.template_facts(customer bigint) RETURNS text
    LANGUAGE sql STABLE
    RETURN (
    SELECT jsonb_build_object(
               'source_total', CASE WHEN c.source_templates_at IS NOT NULL
                                    THEN (SELECT count(*) FROM wabamigrate.template t
                                           WHERE t.customer_id = c.customer_id AND t.source_id IS NOT NULL
                                             AND t.source_gone_at IS NULL) END,
               'is_source_closed', wabamigrate.is_fresh(c.source_read_at) AND c.source_node IS NULL,
               'source_counted', CASE WHEN wabamigrate.is_fresh(c.source_read_at)
                                      THEN c.source_node -> '_templates' -> 'total' END,
               'destination_counted', CASE WHEN wabamigrate.is_fresh(c.destination_read_at)
                                                AND c.destination_templates_at IS NULL
                                           THEN c.destination_node -> '_templates' -> 'total' END,
               'destination_read_ms', wabamigrate.unix_ms(c.destination_templates_at),
               'wait_ms', coalesce(c.templates_wait, b.templates_wait),
               'settle_ms', coalesce(c.templates_settle, b.templates_settle),
               'is_copying_before', EXISTS (SELECT 1 FROM wabamigrate.step s
                                              JOIN wabamigrate.path_step p USING (path, kind)
                                             WHERE s.customer_id = c.customer_id AND s.number_id IS NULL
                                               AND p.only_with = 'templates_before'
                                               AND s.state IN ('ready', 'running')),
               'is_empty', NOT EXISTS (SELECT 1 FROM wabamigrate.template t
                                        WHERE t.customer_id = c.customer_id AND t.source_id IS NOT NULL
                                          AND t.destination_id IS NOT NULL),
               'there', m.there, 'missing', m.missing, 'asked', m.asked, 'refused', m.refused, 'due', m.due,
               'due_ms', wabamigrate.unix_ms(m.due_at), 'settles_ms', wabamigrate.unix_ms(m.settles_at),
               'ids', (SELECT jsonb_agg(d.source_id ORDER BY d.source_id)
                         FROM (SELECT t.source_id FROM wabamigrate.template t
                                WHERE t.customer_id = c.customer_id
                                  AND t.settled_at IS NULL AND t.given_up IS NULL
                                  AND t.source_status = 'APPROVED' AND t.source_gone_at IS NULL
                                  AND NOT t.was_there_before AND t.source_id IS NOT NULL
                                  AND t.destination_id IS NULL
                                  AND wabamigrate.template_qualifies(t.source_status, t.source_quality)
                                      <> 'none'
                                  AND (t.ask_after IS NULL OR t.ask_after <= wabamigrate.clock())
                                ORDER BY t.source_id LIMIT 500) d),
               'flows', (SELECT jsonb_agg(f.name ORDER BY f.name)
                           FROM wabamigrate.template_flow f
                          WHERE f.customer_id = c.customer_id AND f.name IS NOT NULL
                            AND f.copied_id IS NULL AND f.refusal IS NULL AND f.asks < 3))::text
      FROM wabamigrate.customer c
      JOIN wabamigrate.batch b USING (batch_id)
     CROSS JOIN LATERAL (
           SELECT count(*) FILTER (WHERE t.destination_id IS NOT NULL) AS there,
                  max(t.seen_at) FILTER (WHERE t.destination_id IS NOT NULL) + interval '24 hours' AS settles_at,
                  count(*) FILTER (WHERE t.destination_id IS NULL) AS missing,
                  count(*) FILTER (WHERE t.destination_id IS NULL AND t.asks > 0) AS asked,
                  count(*) FILTER (WHERE t.destination_id IS NULL AND t.refusal IS NOT NULL) AS refused,
                  count(*) FILTER (WHERE t.destination_id IS NULL
                                     AND (t.ask_after IS NULL OR t.ask_after <= wabamigrate.clock())) AS due,
                  min(t.ask_after) FILTER (WHERE t.destination_id IS NULL) AS due_at
             FROM wabamigrate.template t
            WHERE t.customer_id = c.customer_id
              AND t.settled_at IS NULL AND t.given_up IS NULL
              AND t.source_status = 'APPROVED' AND t.source_gone_at IS NULL
              AND NOT t.was_there_before AND t.source_id IS NOT NULL
              AND (t.destination_id IS NOT NULL
                   OR wabamigrate.template_qualifies(t.source_status, t.source_quality) <> 'none')) m
     WHERE c.customer_id = customer);

-- Source and destination by name and language, every template of the source once; one definition for report,
-- command and tests.
--
-- result: copied, waiting (asked for, or Meta still looks at it), missing (it qualifies, and has not been
-- asked for), rejected, category_changed, paused, disabled, archived (the copy is), gone (the copy was
-- there; reason source: the template itself is gone from the source, and there is no copy), not_qualified,
-- given_up, was_there (the destination had one of that name and language before)
-- reason: status, quality (why it does not qualify), limit, refused, not_seen, no_time (why it was given up),
-- category, rejected_reason, pending, asked, not_asked, source, flow_refused; reason_text: Graph's own words for it
CREATE VIEW wabamigrate.template_difference AS
SELECT t.customer_id, t.name, t.language,
       t.source_id, t.source_status, t.source_category, t.source_quality, t.source_read_at, t.source_gone_at,
       t.destination_id, t.destination_status, t.destination_category, t.destination_quality,
       t.destination_rejected_reason, t.destination_read_at,
       w.qualifies, r.result,
       CASE r.result
           WHEN 'not_qualified' THEN CASE WHEN t.source_status IS DISTINCT FROM 'APPROVED' THEN 'status'
                                          ELSE 'quality' END
           WHEN 'given_up' THEN t.given_up
           WHEN 'rejected' THEN CASE WHEN t.destination_category <> t.source_category
                                       OR t.destination_rejected_reason IN ('INCORRECT_CATEGORY', 'TAG_CONTENT_MISMATCH')
                                     THEN 'category' ELSE 'rejected_reason' END
           WHEN 'category_changed' THEN 'category'
           WHEN 'waiting' THEN CASE WHEN t.destination_id IS NOT NULL THEN 'pending'
                                    WHEN t.refusal IS NOT NULL THEN 'refused' ELSE 'asked' END
           WHEN 'missing' THEN 'not_asked'
           WHEN 'gone' THEN CASE WHEN t.destination_id IS NULL AND t.destination_gone_at IS NULL THEN 'source'
                            ELSE 'destination' END
       END AS reason,
       CASE r.result
           WHEN 'not_qualified' THEN CASE WHEN t.source_status IS DISTINCT FROM 'APPROVED'
                                          THEN coalesce(t.source_status, 'UNKNOWN')
                                          ELSE coalesce(t.source_quality, 'UNKNOWN') END
           WHEN 'given_up' THEN t.refusal
           WHEN 'waiting' THEN coalesce(CASE WHEN t.destination_id IS NOT NULL THEN t.destination_status END,
                                        t.refusal)
           WHEN 'rejected' THEN t.destination_rejected_reason
           WHEN 'category_changed' THEN t.destination_category
       END AS reason_text,
       r.result IN ('copied', 'category_changed', 'was_there') AND t.destination_status = 'APPROVED' AS is_usable,
       t.usable_at, t.seen_at, t.settled_at, t.asked_at, t.asks
  FROM wabamigrate.template t
 CROSS JOIN LATERAL (
      SELECT wabamigrate.template_qualifies(t.source_status, t.source_quality) AS qualifies) w
 CROSS JOIN LATERAL (
      SELECT CASE
                 WHEN t.was_there_before AND t.destination_id IS NOT NULL THEN 'was_there'
                 WHEN t.destination_id IS NOT NULL THEN
                     CASE WHEN t.destination_status = 'REJECTED' THEN 'rejected'
                          WHEN t.destination_status = 'PAUSED' THEN 'paused'
                          WHEN t.destination_status IN ('DISABLED', 'LIMIT_EXCEEDED') THEN 'disabled'
                          WHEN t.destination_status = 'ARCHIVED' THEN 'archived'
                          WHEN t.destination_status IN ('DELETED', 'PENDING_DELETION') THEN 'gone'
                          WHEN t.destination_category <> t.source_category THEN 'category_changed'
                          WHEN t.destination_status IN ('PENDING', 'IN_APPEAL') THEN 'waiting'
                          ELSE 'copied' END
                 WHEN t.destination_gone_at IS NOT NULL OR t.source_gone_at IS NOT NULL THEN 'gone'
                 WHEN w.qualifies = 'none' THEN 'not_qualified'
                 WHEN t.given_up IS NOT NULL THEN 'given_up'
                 WHEN t.asked_at IS NOT NULL THEN 'waiting'
                 ELSE 'missing' END AS result) r
 WHERE t.source_id IS NOT NULL;
