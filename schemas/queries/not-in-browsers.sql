-- Roots that no browser trusts
-- Which roots of a release are in none of the newest stores of Mozilla, Microsoft, Apple and
-- Android, and when one of these was last seen with it.
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
    (
        SELECT MAX(b.last_seen)
        FROM sightings AS b
        WHERE b.fingerprint = p.fingerprint
          AND b.programme IN ('mozilla', 'microsoft', 'apple', 'aosp')
    ) AS last_seen
FROM chosen AS s
CROSS JOIN entries AS e -- CROSS keeps the order: few releases, of many entries
JOIN printed_rows AS p ON p.id = e.printed_row_id AND e.snapshot_id = s.id
WHERE NOT EXISTS (
    SELECT 1
    FROM programme_status AS b
    WHERE b.fingerprint = p.fingerprint
      AND b.programme IN ('mozilla', 'microsoft', 'apple', 'aosp')
      AND b.present_now
)
ORDER BY s.product, s.firmware, e.position
