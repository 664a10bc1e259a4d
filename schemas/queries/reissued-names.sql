-- Names with several certificates
-- Which names in the lists have more than one certificate: the same key re-issued, or a new key
-- under the old name; and from which release to which each is trusted.
WITH names AS (
    SELECT subject, COUNT(DISTINCT spki_sha256) AS keys
    FROM certificates
    WHERE fingerprint IN (SELECT fingerprint FROM printed_rows)
    GROUP BY subject
    HAVING COUNT(*) > 1
),
roots AS (
    SELECT c.fingerprint, c.subject, c.not_before, c.not_after, n.keys
    FROM certificates AS c
    JOIN names AS n ON n.subject = c.subject
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
    r.subject,
    r.keys,
    t.product,
    f.firmware AS first_firmware,
    l.firmware AS last_firmware,
    r.not_before,
    r.not_after,
    r.fingerprint
FROM trust AS t
JOIN roots AS r ON r.fingerprint = t.fingerprint
JOIN latest_revisions AS f ON f.product = t.product AND f.firmware_order = t.first_order
JOIN latest_revisions AS l ON l.product = t.product AND l.firmware_order = t.last_order
ORDER BY r.subject, r.not_before, r.fingerprint, t.product
