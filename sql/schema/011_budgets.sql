-- Budgets: how many calls of an app, of a WABA or of the app's credit line may leave, kept by the
-- database for all workers and nights. A claim reserves the calls of what it takes; a settled step says
-- what Graph told of the quota. docs/quotas.md explains; jobs/budget.c has the figures.

-- The program's own table of quotas, written from its source as path_step is.
CREATE TABLE wabamigrate.quota (
    scope          text     PRIMARY KEY, -- of a budget: app, waba, credit_line
    calls          integer  NOT NULL, -- of a window; 0: none published, it is learned from the headers
    calls_at_first integer  NOT NULL, -- what counts until something proves more
    minutes        smallint NOT NULL, -- how long a call counts with us
    spare_permille integer  NOT NULL  -- of the limit: left for people, and for what we cannot see
);

-- What a call of a phase uses up beside the app's budget.
ALTER TABLE wabamigrate.job_phase
    ADD COLUMN budget    text NOT NULL DEFAULT 'platform', -- platform, waba, credit_line, registration
    ADD COLUMN lane      smallint NOT NULL DEFAULT 0, -- 0 the app's only, 1 the source WABA's, 2 the destination's, 3 the credit line's
    ADD COLUMN is_shared boolean NOT NULL DEFAULT false, -- steps of a WABA that ask together are one call
    ADD COLUMN calls_max smallint NOT NULL DEFAULT 1; -- of one request: 0 sends nothing, 50 ids are 50 calls

ALTER TABLE wabamigrate.budget
    DROP CONSTRAINT budget_scope_check,
    ADD CONSTRAINT budget_scope_check CHECK (scope IN ('app', 'waba', 'credit_line')),
    ADD COLUMN calls      integer,  -- the limit as we know it: our share where others call too
    ADD COLUMN is_active  boolean NOT NULL DEFAULT false, -- a WABA with a registered number
    ADD COLUMN minute     bigint  NOT NULL DEFAULT 0,     -- of the newest count, since 1970
    ADD COLUMN counts     integer[] NOT NULL DEFAULT '{}', -- our calls by minute, the newest last
    ADD COLUMN used       integer NOT NULL DEFAULT 0,     -- their sum
    ADD COLUMN given_back integer NOT NULL DEFAULT 0,     -- what left the window when this minute began
    ADD COLUMN unanswered integer NOT NULL DEFAULT 0,     -- of them
    ADD COLUMN heard_at   timestamptz, -- the last answer to one of them
    ADD COLUMN parked_for text CHECK (parked_for IN ('graph', 'window', 'pace', 'answer')),
    ADD COLUMN header     text;        -- the last one worth keeping, as it came
ALTER TABLE wabamigrate.budget SET (fillfactor = 50);
UPDATE wabamigrate.budget SET parked_for = 'graph' WHERE parked_until IS NOT NULL;

CREATE FUNCTION wabamigrate.minute_of(at timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN floor(extract(epoch FROM at) / 60)::bigint;

-- ---- the arithmetic ----

-- Left alone of a limit, at least one call.
CREATE FUNCTION wabamigrate.budget_spare(calls integer, q wabamigrate.quota) RETURNS integer
    LANGUAGE sql IMMUTABLE
    RETURN greatest(1, (calls::bigint * q.spare_permille + 999) / 1000)::integer;

-- The published limit that holds for it.
CREATE FUNCTION wabamigrate.budget_tier(g wabamigrate.budget, q wabamigrate.quota) RETURNS integer
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN g.is_active THEN q.calls ELSE q.calls_at_first END;

-- Whether the limit we know may be less than Graph's: a share, or learned.
CREATE FUNCTION wabamigrate.budget_is_share(g wabamigrate.budget, q wabamigrate.quota) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN q.calls = 0 OR g.calls < wabamigrate.budget_tier(g, q);

-- After how many minutes of silence such a one, used up, is tried again with one call: soon where Graph
-- said last that a tenth is left, else when a window has passed. Sooner, others may have taken the rest.
CREATE FUNCTION wabamigrate.budget_retry(g wabamigrate.budget, q wabamigrate.quota) RETURNS integer
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN g.percent <= 90 THEN 5 ELSE q.minutes END;

-- As it stands at a later minute: what has left the window is forgotten.
CREATE FUNCTION wabamigrate.budget_at(g wabamigrate.budget, q wabamigrate.quota, a_minute bigint)
    RETURNS wabamigrate.budget
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    passed bigint := a_minute - g.minute;
    last   integer := q.minutes;
BEGIN
    IF cardinality(g.counts) = last AND passed <= 0 THEN
        RETURN g;
    END IF;
    IF cardinality(g.counts) <> last OR passed >= last THEN
        g.counts := array_fill(0, ARRAY[last]);
        -- Nothing has been heard for a window: what others used of it then says nothing now.
        IF q.calls > 0 OR g.calls IS NULL THEN
            g.calls := wabamigrate.budget_tier(g, q);
        END IF;
        g.given_back := 0;
    ELSE
        g.given_back := (SELECT sum(c) FROM unnest(g.counts[1 : passed]) c);
        g.counts := g.counts[passed + 1 : last] || array_fill(0, ARRAY[passed::integer]);
    END IF;
    g.minute := a_minute;
    g.used := (SELECT sum(c) FROM unnest(g.counts) c);
    -- No call is under way for minutes: an answer that has not come by then is that of a dead worker.
    g.unanswered := least(g.unanswered, g.counts[last] + g.counts[last - 1] + g.counts[last - 2]);
    RETURN g;
END
$$;

-- How many calls may leave now, and what keeps the next one (NULL where nothing does). Of a budget as it
-- stands at this minute.
--  * What is left without the spare is never passed.
--  * No more calls are unanswered at a time than half of what is left; where nothing was heard for ten
--    minutes, no more than the spare: others may have used the quota meanwhile.
--  * The last quarter is used at a pace, a sixtieth of the whole a minute, and as much again of what
--    this minute has given back.
--  * A share that others have left us little of is tried again now and then, with a call of the spare.
CREATE FUNCTION wabamigrate.budget_room(g wabamigrate.budget, q wabamigrate.quota, at timestamptz,
                                        OUT room integer, OUT kept_by text)
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    spare  integer := wabamigrate.budget_spare(g.calls, q);
    usable integer := greatest(1, g.calls - spare);
    unused integer := usable - g.used;
    easy   integer := usable * 3 / 4;
    pace   integer := (usable + 59) / 60;
    quiet  interval := at - coalesce(g.heard_at, at - interval '1 day');
BEGIN
    IF unused <= 0 THEN
        kept_by := 'window';
        room := 0;
        IF wabamigrate.budget_is_share(g, q)
           AND quiet >= wabamigrate.budget_retry(g, q) * interval '1 min' THEN
            room := greatest(0, 1 - g.unanswered);
        END IF;
        RETURN;
    END IF;
    IF g.used >= easy THEN
        room := least(unused, pace + least(pace, g.given_back) - g.counts[q.minutes]);
        kept_by := CASE WHEN room < unused THEN 'pace' ELSE 'window' END;
    ELSE
        room := easy - g.used;
        kept_by := 'pace';
    END IF;
    IF q.calls > 0 AND quiet > interval '10 min' THEN
        IF spare - g.unanswered < room THEN
            room := spare - g.unanswered;
            kept_by := 'answer';
        END IF;
    ELSIF greatest(spare, (unused + g.unanswered) / 2) - g.unanswered < room THEN
        room := greatest(spare, (unused + g.unanswered) / 2) - g.unanswered;
        kept_by := 'answer';
    END IF;
    room := greatest(0, room);
END
$$;

-- Until when a budget that has no room stays closed.
CREATE FUNCTION wabamigrate.budget_opens(g wabamigrate.budget, q wabamigrate.quota, kept_by text,
                                         at timestamptz) RETURNS timestamptz
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    spare integer := wabamigrate.budget_spare(g.calls, q);
    over  integer := g.used - greatest(1, g.calls - spare);
    ahead integer := 1; -- minutes
BEGIN
    IF kept_by = 'answer' THEN
        RETURN at + interval '30 s'; -- the answer opens it sooner
    END IF;
    IF kept_by = 'window' THEN
        WHILE ahead < q.minutes AND over - g.counts[ahead] >= 0 LOOP
            over := over - g.counts[ahead];
            ahead := ahead + 1;
        END LOOP;
        IF wabamigrate.budget_is_share(g, q) THEN
            ahead := least(ahead, wabamigrate.budget_retry(g, q));
        END IF;
    END IF;
    RETURN to_timestamp((g.minute + ahead) * 60);
END
$$;

-- What an answer proves of the limit. Graph says whole percents of it, others' calls among them, so our
-- calls may become as many as they are and what is left: between two figures, and within them nothing is
-- changed, so that the limit moves by proof only. The lower one takes our calls that Graph counts for
-- certain, the upper one all that it may. Where the whole is known (a tier is published), what is left is
-- a part of it; the app's whole is reckoned from our own calls, as if there were no others. Nothing said of
-- the app: its use is not noticeable, less than a tenth.
--
-- A WABA is in one of two tiers, and goes to the other where it cannot be in the one.
CREATE FUNCTION wabamigrate.budget_proven(g wabamigrate.budget, q wabamigrate.quota, percent integer)
    RETURNS wabamigrate.budget
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    certain bigint := greatest(0, g.used - g.counts[1] - g.counts[2] - g.unanswered);
    by_own  bigint := certain * 100 / coalesce(percent + 1, 10);
    whole   bigint;
BEGIN
    IF q.calls = 0 THEN
        g.calls := greatest(g.calls, least(by_own, 1000000000));
        IF percent > 0 THEN
            g.calls := least(g.calls, greatest(1, g.used::bigint * 100 / percent));
        END IF;
        RETURN g;
    END IF;
    IF NOT g.is_active AND by_own >= 2 * q.calls_at_first AND q.calls > q.calls_at_first THEN
        g.is_active := true;
        g.calls := q.calls;
    ELSIF g.is_active AND percent >= 20
          AND g.used::bigint * 1000 / percent BETWEEN 9 * q.calls_at_first AND 11 * q.calls_at_first THEN
        g.is_active := false; -- its last number has left it
        g.calls := q.calls_at_first;
    END IF;
    whole := wabamigrate.budget_tier(g, q);
    g.calls := greatest(g.calls, least(whole, certain + whole * (99 - percent) / 100));
    g.calls := least(g.calls, greatest(1, g.used + whole * (100 - percent) / 100));
    RETURN g;
END
$$;

-- ---- what the statements do with it ----

-- Locks a budget, which is made where there is none, and has it as it stands now.
CREATE FUNCTION wabamigrate.budget_hold(a_scope text, a_subject text, q wabamigrate.quota)
    RETURNS wabamigrate.budget
    LANGUAGE plpgsql
AS $$
DECLARE
    g wabamigrate.budget;
BEGIN
    SELECT * INTO g FROM wabamigrate.budget
     WHERE scope = a_scope AND subject = a_subject FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO wabamigrate.budget (scope, subject) VALUES (a_scope, a_subject)
        ON CONFLICT DO NOTHING;
        SELECT * INTO g FROM wabamigrate.budget
         WHERE scope = a_scope AND subject = a_subject FOR NO KEY UPDATE;
    END IF;
    RETURN wabamigrate.budget_at(g, q, wabamigrate.minute_of(wabamigrate.clock()));
END
$$;

-- Not an SQL function: that would be planned at each call.
CREATE FUNCTION wabamigrate.budget_keep(g wabamigrate.budget) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE wabamigrate.budget b
       SET percent = g.percent, calls = g.calls, is_active = g.is_active, minute = g.minute,
           counts = g.counts, used = g.used, given_back = g.given_back, unanswered = g.unanswered,
           heard_at = g.heard_at, parked_until = g.parked_until, parked_for = g.parked_for,
           header = g.header, updated_at = wabamigrate.clock()
     WHERE b.scope = g.scope AND b.subject = g.subject;
END
$$;

-- A budget of whose limit not an eighth is used: what is under way there is not looked after, which spares
-- a write for each answer.
CREATE FUNCTION wabamigrate.budget_is_far(used integer, calls integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN used * 8 < calls;

-- Reserves calls for steps, given in the order of their claim: which of them may leave. The app's row
-- comes first in everything that changes budgets: whoever holds it is alone, so nobody waits in a circle
-- and no two workers reserve the same call. A budget that cannot serve all that was asked of it is parked
-- until it can.
CREATE FUNCTION wabamigrate.budget_take(an_app text, scopes text[], subjects text[], costs integer[])
    RETURNS boolean[]
    LANGUAGE plpgsql
AS $$
DECLARE
    now_at   timestamptz := wabamigrate.clock();
    a_minute bigint := wabamigrate.minute_of(now_at);
    granted  boolean[] := array_fill(true, ARRAY[cardinality(costs)]);
    app_q    wabamigrate.quota;
    app      wabamigrate.budget;
    app_room integer;
    app_left integer;
    q        wabamigrate.quota;
    g        wabamigrate.budget;
    asked    record;
    room     integer;
    taken    integer;
    place    integer;
    is_short boolean;
    is_app_short boolean := false;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM unnest(costs) c WHERE c > 0) THEN
        RETURN granted;
    END IF;
    SELECT * INTO app_q FROM wabamigrate.quota WHERE scope = 'app';
    app := wabamigrate.budget_hold('app', an_app, app_q);
    app_room := CASE WHEN app.parked_until > now_at THEN 0
                     ELSE (wabamigrate.budget_room(app, app_q, now_at)).room END;
    app_left := app_room;
    FOR asked IN
        -- Most have room for all that is asked, as budget_room would say: they are served together.
        WITH ask AS MATERIALIZED (
            SELECT i.scope, i.subject, sum(i.cost)::integer AS calls, max(i.cost) AS most,
                   sum(sum(i.cost)) OVER () <= app_room AS has_app,
                   array_agg(i.place ORDER BY i.place) AS places
              FROM unnest(scopes, subjects, costs) WITH ORDINALITY AS i (scope, subject, cost, place)
             WHERE i.cost > 0
             GROUP BY i.scope, i.subject
        ), own AS MATERIALIZED ( -- joined first: so each is found by its whole key
            SELECT k.scope, k.subject, k.calls, o.minutes, o AS q
              FROM ask k JOIN wabamigrate.quota o ON o.scope = k.scope
             WHERE k.has_app
        ), easy AS (
            UPDATE wabamigrate.budget b
               SET counts[k.minutes] = b.counts[k.minutes] + k.calls, used = b.used + k.calls,
                   unanswered = b.unanswered
                                + CASE WHEN wabamigrate.budget_is_far(b.used + k.calls, b.calls)
                                       THEN 0 ELSE k.calls END
              FROM own k
             WHERE b.scope = k.scope AND b.subject = k.subject
               AND b.minute = a_minute AND cardinality(b.counts) = k.minutes
               AND (b.parked_until IS NULL OR b.parked_until <= now_at)
               AND b.heard_at > now_at - interval '10 min'
               AND b.used + k.calls <= (b.calls - wabamigrate.budget_spare(b.calls, k.q)) * 3 / 4
               AND b.unanswered + k.calls
                   <= (b.calls - wabamigrate.budget_spare(b.calls, k.q) - b.used + b.unanswered) / 2
            RETURNING b.scope, b.subject, k.calls
        ), first AS ( -- the first of a WABA, within the spare
            INSERT INTO wabamigrate.budget (scope, subject, calls, minute, counts, used, unanswered)
            SELECT k.scope, k.subject, (k.q).calls_at_first, a_minute,
                   array_fill(0, ARRAY[k.minutes - 1]) || k.calls, k.calls, k.calls
              FROM own k
             WHERE k.calls <= wabamigrate.budget_spare((k.q).calls_at_first, k.q)
               AND NOT EXISTS (SELECT 1 FROM wabamigrate.budget b
                                WHERE b.scope = k.scope AND b.subject = k.subject)
            ON CONFLICT DO NOTHING
            RETURNING scope, subject, used AS calls
        )
        SELECT k.scope, k.subject, k.places, coalesce(e.calls, f.calls) AS served
          FROM ask k
          LEFT JOIN easy e ON e.scope = k.scope AND e.subject = k.subject
          LEFT JOIN first f ON f.scope = k.scope AND f.subject = k.subject
         ORDER BY k.places[1]
    LOOP
        IF asked.served IS NOT NULL THEN
            app_left := app_left - asked.served;
            CONTINUE;
        END IF;
        taken := 0;
        is_short := false;
        room := 0;
        IF asked.scope IS NOT NULL THEN
            SELECT * INTO q FROM wabamigrate.quota WHERE scope = asked.scope;
            g := wabamigrate.budget_hold(asked.scope, asked.subject, q);
            IF coalesce(g.parked_until <= now_at, true) THEN -- another worker may have parked it since
                room := (wabamigrate.budget_room(g, q, now_at)).room;
            END IF;
        END IF;
        FOREACH place IN ARRAY asked.places LOOP
            -- A request of many calls goes alone: it could not wait until pace and answers allow it.
            IF asked.scope IS NOT NULL AND taken + costs[place] > room
               AND NOT (costs[place] > 1 AND room > 0 AND taken = 0 AND g.unanswered = 0
                        AND g.used + costs[place]
                            <= greatest(1, g.calls - wabamigrate.budget_spare(g.calls, q))) THEN
                granted[place] := false;
                is_short := true;
            ELSIF costs[place] > app_left
                  AND NOT (costs[place] > 1 AND app_left > 0 AND app.unanswered = 0
                           AND app_left = app_room) THEN
                granted[place] := false;
                is_app_short := true;
            ELSE
                taken := taken + costs[place];
                app_left := app_left - costs[place];
            END IF;
        END LOOP;
        IF asked.scope IS NOT NULL AND (taken > 0 OR is_short) THEN
            g.counts[q.minutes] := g.counts[q.minutes] + taken;
            g.used := g.used + taken;
            IF NOT wabamigrate.budget_is_far(g.used, g.calls)
               OR coalesce(g.heard_at <= now_at - interval '10 min', true) THEN
                g.unanswered := g.unanswered + taken;
            END IF;
            IF is_short AND coalesce(g.parked_until <= now_at, true) THEN
                g.parked_for := (wabamigrate.budget_room(g, q, now_at)).kept_by;
                g.parked_until := wabamigrate.budget_opens(g, q, g.parked_for, now_at);
            END IF;
            PERFORM wabamigrate.budget_keep(g);
        END IF;
    END LOOP;
    taken := app_room - app_left;
    app.counts[app_q.minutes] := app.counts[app_q.minutes] + taken;
    app.used := app.used + taken;
    app.unanswered := app.unanswered + taken;
    IF is_app_short AND coalesce(app.parked_until <= now_at, true) THEN
        app.parked_for := (wabamigrate.budget_room(app, app_q, now_at)).kept_by;
        app.parked_until := wabamigrate.budget_opens(app, app_q, app.parked_for, now_at);
    END IF;
    PERFORM wabamigrate.budget_keep(app);
    RETURN granted;
END
$$;

-- What became of one budget's calls, and what Graph said of it. `answered` ones came back, `returned` ones
-- never left; below 0, so many more left than were reserved. Percent: as said, NULL: nothing. A park by
-- Graph's word is only ever made longer by a later one, until it has passed.
CREATE FUNCTION wabamigrate.budget_hear(a_scope text, a_subject text, answered integer, returned integer,
                                        said integer, park_ms bigint, has_registered boolean,
                                        a_header text) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    now_at timestamptz := wabamigrate.clock();
    last   integer;
    q      wabamigrate.quota;
    g      wabamigrate.budget;
BEGIN
    SELECT * INTO q FROM wabamigrate.quota WHERE scope = a_scope;
    last := q.minutes;
    g := wabamigrate.budget_hold(a_scope, a_subject, q);
    g.unanswered := greatest(0, g.unanswered - answered - returned); -- reserved were as many as both
    -- Of what never left, what was reserved a while ago stays counted: that errs on the safe side.
    returned := least(returned, g.counts[last]);
    g.counts[last] := g.counts[last] - returned;
    g.used := g.used - returned;
    IF has_registered AND q.calls > 0 AND NOT g.is_active THEN
        g.is_active := true;
        g.calls := q.calls;
        said := NULL; -- it may be from before
        IF g.parked_for <> 'graph' THEN
            g.parked_until := NULL;
            g.parked_for := NULL;
        END IF;
    END IF;
    IF said IS NOT NULL OR a_scope = 'app' AND answered > 0 THEN
        g := wabamigrate.budget_proven(g, q, said);
        g.percent := coalesce(said, 0);
    END IF;
    IF answered > 0 OR said IS NOT NULL THEN
        g.heard_at := now_at;
    END IF;
    IF g.parked_for = 'answer' THEN
        g.parked_until := NULL;
        g.parked_for := NULL;
    END IF;
    IF park_ms > 0 THEN
        g.parked_until := greatest(CASE WHEN g.parked_for = 'graph' THEN g.parked_until END,
                                   now_at + park_ms * interval '1 ms');
        g.parked_for := 'graph';
    END IF;
    g.header := coalesce(a_header, g.header);
    PERFORM wabamigrate.budget_keep(g);
END
$$;

-- The same for a group. Budgets other than of the group's calls may be spoken of too.
CREATE FUNCTION wabamigrate.budget_note(scopes text[], subjects text[], answers integer[],
                                        returns integer[], percents integer[], parks_ms bigint[],
                                        registered boolean[], headers text[]) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    now_at   timestamptz := wabamigrate.clock();
    a_minute bigint := wabamigrate.minute_of(now_at);
    i        record;
BEGIN
    FOR i IN
        SELECT u.subject, sum(u.answered)::integer AS answered, sum(u.returned)::integer AS returned,
               max(u.percent) AS percent, max(u.park_ms) AS park_ms, max(u.header) AS header
          FROM unnest(scopes, subjects, answers, returns, percents, parks_ms, headers)
               AS u (scope, subject, answered, returned, percent, park_ms, header)
         WHERE u.scope = 'app'
         GROUP BY u.subject
         ORDER BY u.subject
    LOOP
        PERFORM wabamigrate.budget_hear('app', i.subject, i.answered, i.returned, i.percent, i.park_ms,
                                        false, i.header);
    END LOOP;
    FOR i IN
        WITH told AS MATERIALIZED (
            SELECT u.scope, u.subject, sum(u.answered)::integer AS answered,
                   sum(u.returned)::integer AS returned, max(u.percent) AS percent,
                   max(u.park_ms) AS park_ms, bool_or(u.has_registered) AS has_registered,
                   max(u.header) AS header
              FROM unnest(scopes, subjects, answers, returns, percents, parks_ms, registered, headers)
                   AS u (scope, subject, answered, returned, percent, park_ms, has_registered, header)
             WHERE u.scope <> 'app'
             GROUP BY u.scope, u.subject
        ), own AS MATERIALIZED (
            SELECT t.*, q.minutes, q AS quota FROM told t JOIN wabamigrate.quota q ON q.scope = t.scope
        ), known AS MATERIALIZED (
            -- Where nothing that was said changes anything, as budget_hear would find.
            SELECT t.scope, t.subject, t.answered, t.returned, t.percent, t.minutes,
                   wabamigrate.budget_is_far(b.used, b.calls)
                   AND coalesce(b.heard_at > now_at - interval '5 min', false) AS is_far
              FROM own t
              JOIN wabamigrate.budget b ON b.scope = t.scope AND b.subject = t.subject
             CROSS JOIN LATERAL (
                   SELECT wabamigrate.budget_tier(b, t.quota)::bigint AS whole,
                          (b.used - b.counts[1] - b.counts[2] - b.unanswered)::bigint AS certain) w
             WHERE t.park_ms = 0 AND t.header IS NULL AND (b.is_active OR NOT t.has_registered)
               AND b.minute = a_minute AND cardinality(b.counts) = t.minutes
               AND b.parked_for IS DISTINCT FROM 'answer'
               AND t.returned <= b.counts[t.minutes]
               AND (t.percent IS NULL
                    OR b.calls <= b.used + w.whole * (100 - t.percent) / 100
                       AND (b.calls >= w.whole OR b.calls >= w.certain + w.whole * (99 - t.percent) / 100)
                       AND CASE WHEN b.is_active THEN t.percent < 20
                                ELSE w.certain * 100 / (t.percent + 1) < 2 * (t.quota).calls_at_first
                                     OR (t.quota).calls <= (t.quota).calls_at_first END)
        ), updated AS (
            UPDATE wabamigrate.budget b
               SET unanswered = greatest(0, b.unanswered - k.answered - k.returned),
                   counts[k.minutes] = b.counts[k.minutes] - k.returned, used = b.used - k.returned,
                   percent = coalesce(k.percent, b.percent), heard_at = now_at
              FROM known k
             WHERE b.scope = k.scope AND b.subject = k.subject AND NOT (k.is_far AND k.returned = 0)
        )
        SELECT t.* FROM told t
         WHERE NOT EXISTS (SELECT 1 FROM known k WHERE k.scope = t.scope AND k.subject = t.subject)
         ORDER BY t.scope, t.subject
    LOOP
        PERFORM wabamigrate.budget_hear(i.scope, i.subject, i.answered, i.returned, i.percent, i.park_ms,
                                        i.has_registered, i.header);
    END LOOP;
END
$$;

-- ---- which steps a parked budget holds ----

-- The lane of the step's phase, so that a claim can leave out what is parked without looking further.
ALTER TABLE wabamigrate.step ADD COLUMN lane smallint NOT NULL DEFAULT 0;
UPDATE wabamigrate.step SET lane = CASE WHEN kind = 'read_source' THEN 1 ELSE 2 END
 WHERE state <> 'done'
   AND (kind IN ('read_source', 'read_destination', 'subscribe_webhooks', 'confirm_number')
        OR phase IN ('look', 'look_again', 'probe', 'verify_waba')
        OR kind = 'assign_system_user' AND phase IN ('lookup', 'assign')
        OR kind IN ('create_number', 'register_number') AND phase = 'lookup');
UPDATE wabamigrate.step SET lane = 3
 WHERE state <> 'done' AND kind = 'share_credit_line' AND phase IN ('lookup', 'share', 'verify_allocation');

CREATE FUNCTION wabamigrate.find_lane() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    NEW.lane := coalesce((SELECT p.lane FROM wabamigrate.job_phase p
                           WHERE p.kind = NEW.kind AND p.phase = NEW.phase), 0);
    RETURN NEW;
END
$$;
CREATE TRIGGER step_changes_lane BEFORE UPDATE OF phase ON wabamigrate.step
    FOR EACH ROW WHEN (NEW.phase IS DISTINCT FROM OLD.phase)
    EXECUTE FUNCTION wabamigrate.find_lane();

CREATE INDEX budget_parked ON wabamigrate.budget (parked_until) WHERE parked_until IS NOT NULL;

-- What is closed now: a customer and a lane of it, as step_claim.sql and run_next_due.sql ask.
CREATE VIEW wabamigrate.parked_lane AS
SELECT c.customer_id, 1::smallint AS lane, g.parked_until
  FROM wabamigrate.budget g JOIN wabamigrate.customer c ON c.source_waba_id = g.subject
 WHERE g.scope = 'waba' AND g.parked_until > wabamigrate.clock()
UNION ALL
SELECT c.customer_id, 2::smallint, g.parked_until
  FROM wabamigrate.budget g JOIN wabamigrate.customer c ON c.destination_waba_id = g.subject
 WHERE g.scope = 'waba' AND g.parked_until > wabamigrate.clock();
