-- Roots that have expired
-- Which of the known certificates had expired by a day, and from which release to which they are
-- trusted all the same.
-- :as_of (date, today) They ended before this day.
WITH roots AS (
    SELECT fingerprint, subject, not_after FROM certificates WHERE not_after < :as_of
),
trust AS (
    SELECT
        r.fingerprint,
        s.product,
        MIN(s.firmware_order) AS first_order,
        MAX(s.firmware_order) AS last_order
    FROM roots AS r
    CROSS JOIN printed_rows AS p -- CROSS keeps the order: few roots, of many entries
    JOIN entries AS e ON e.printed_row_id = p.id AND p.fingerprint = r.fingerprint
    JOIN latest_revisions AS s ON s.id = e.snapshot_id
    GROUP BY r.fingerprint, s.product
)
SELECT
    t.product,
    f.firmware AS first_firmware,
    l.firmware AS last_firmware,
    r.not_after,
    r.fingerprint,
    r.subject
FROM trust AS t
JOIN roots AS r ON r.fingerprint = t.fingerprint
JOIN latest_revisions AS f ON f.product = t.product AND f.firmware_order = t.first_order
JOIN latest_revisions AS l ON l.product = t.product AND l.firmware_order = t.last_order
ORDER BY r.not_after, r.fingerprint, t.product
