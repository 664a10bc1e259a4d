-- What programmes make of a release
-- How many roots of a release are in each programme's newest store, how many were once, and how
-- many never.
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
),
programmes AS (
    SELECT DISTINCT programme FROM sightings
)
SELECT
    s.product,
    s.firmware,
    g.programme,
    SUM(CASE WHEN b.present_now THEN 1 ELSE 0 END) AS present,
    SUM(CASE WHEN b.fingerprint IS NOT NULL AND NOT b.present_now THEN 1 ELSE 0 END) AS past,
    SUM(CASE WHEN b.fingerprint IS NULL THEN 1 ELSE 0 END) AS never
FROM chosen AS s
CROSS JOIN entries AS e -- CROSS keeps the order: few releases, of many entries
JOIN printed_rows AS p ON p.id = e.printed_row_id AND e.snapshot_id = s.id
CROSS JOIN programmes AS g
LEFT JOIN programme_status AS b
    ON b.fingerprint = p.fingerprint AND b.programme = g.programme
GROUP BY s.product, s.firmware, g.programme
ORDER BY s.product, s.firmware, g.programme
