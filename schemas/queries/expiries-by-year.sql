-- When a release runs out
-- How many roots of a release end in each year.
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
    SUBSTR(CAST(c.not_after AS TEXT), 1, 4) AS ends_in,
    COUNT(*) AS roots
FROM chosen AS s
CROSS JOIN entries AS e -- CROSS keeps the order: few releases, of many entries
JOIN printed_rows AS p ON p.id = e.printed_row_id AND e.snapshot_id = s.id
JOIN certificates AS c ON c.fingerprint = p.fingerprint
GROUP BY s.product, s.firmware, SUBSTR(CAST(c.not_after AS TEXT), 1, 4)
ORDER BY s.product, s.firmware, ends_in
