-- Roots that are gone
-- Which roots of earlier releases the newest release of a product doesn't trust any more, and the
-- first release without them.
-- :product (product, all) A series of phones as named on loading, such as 8800.
WITH shown AS (
    SELECT id, product, firmware_order
    FROM latest_revisions
    WHERE :product = 'all' OR product = :product
),
trust AS (
    SELECT
        s.product,
        COALESCE(NULLIF(p.fingerprint, ''), p.fingerprint_sha256) AS fingerprint,
        MAX(p.subject) AS subject,
        MAX(s.firmware_order) AS last_order
    FROM shown AS s
    CROSS JOIN entries AS e -- CROSS keeps the order: few releases, of many entries
    JOIN printed_rows AS p ON p.id = e.printed_row_id AND e.snapshot_id = s.id
    GROUP BY s.product, COALESCE(NULLIF(p.fingerprint, ''), p.fingerprint_sha256)
),
gone AS (
    SELECT
        t.product,
        t.fingerprint,
        t.subject,
        t.last_order,
        (
            SELECT MIN(n.firmware_order)
            FROM snapshots AS n
            WHERE n.product = t.product AND n.firmware_order > t.last_order
        ) AS gone_order
    FROM trust AS t
)
SELECT
    g.product,
    l.firmware AS last_firmware,
    n.firmware AS gone_since,
    c.not_after,
    g.fingerprint,
    COALESCE(c.subject, g.subject) AS subject
FROM gone AS g
JOIN latest_revisions AS l ON l.product = g.product AND l.firmware_order = g.last_order
JOIN latest_revisions AS n ON n.product = g.product AND n.firmware_order = g.gone_order
LEFT JOIN certificates AS c ON c.fingerprint = g.fingerprint
ORDER BY g.product, g.gone_order, g.fingerprint
