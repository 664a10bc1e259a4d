-- When a release runs out
-- How many roots of a release end in each year.
-- :firmware (text, latest) A release such as 12.7(1); latest is the newest of each product.
WITH chosen AS (
    SELECT s.id, s.product, s.firmware, s.firmware_order
    FROM latest_revisions AS s
    WHERE s.firmware = :firmware
       OR (
        :firmware = 'latest'
        AND s.firmware_order = (
            SELECT MAX(n.firmware_order) FROM snapshots AS n WHERE n.product = s.product
        )
    )
)
SELECT
    s.product,
    s.firmware,
    SUBSTR(CAST(c.not_after AS TEXT), 1, 4) AS ends_in,
    COUNT(*) AS roots
FROM chosen AS s
JOIN entries AS e ON e.snapshot_id = s.id
JOIN printed_rows AS p ON p.id = e.printed_row_id
JOIN certificates AS c ON c.fingerprint = p.fingerprint
GROUP BY s.product, s.firmware, SUBSTR(CAST(c.not_after AS TEXT), 1, 4)
ORDER BY s.product, s.firmware, ends_in
