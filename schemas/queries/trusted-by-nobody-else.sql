-- Roots that nobody else trusts
-- Which roots of a release are in no known programme's newest store, and when one was last seen
-- with it: a device maker's own, or one that all have dropped.
-- :firmware (release, latest) A release such as 12.7(1); latest is the newest of each product.
WITH chosen AS (
    SELECT s.id, s.product, s.firmware
    FROM latest_revisions AS s
    WHERE s.firmware = :firmware
    UNION ALL
    SELECT s.id, s.product, s.firmware
    FROM (
        SELECT product, MAX(firmware_order) AS last_order FROM snapshots GROUP BY product
    ) AS n
    JOIN latest_revisions AS s ON s.product = n.product AND s.firmware_order = n.last_order
    WHERE :firmware = 'latest'
)
SELECT
    s.product,
    s.firmware,
    COALESCE(NULLIF(p.fingerprint, ''), p.fingerprint_sha256) AS fingerprint,
    p.subject,
    c.not_after,
    (
        SELECT MAX(b.last_seen) FROM sightings AS b WHERE b.fingerprint = p.fingerprint
    ) AS last_seen
FROM chosen AS s
CROSS JOIN entries AS e -- CROSS keeps the order: few releases, of many entries
JOIN printed_rows AS p ON p.id = e.printed_row_id AND e.snapshot_id = s.id
LEFT JOIN certificates AS c ON c.fingerprint = p.fingerprint
WHERE NOT EXISTS (
    SELECT 1 FROM programme_status AS b WHERE b.fingerprint = p.fingerprint AND b.present_now
)
ORDER BY s.product, s.firmware, e.position
