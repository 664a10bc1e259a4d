-- Rows without proof
-- Which rows of a release have no certificate, or another name than it; they are to be looked at.
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
    e.position,
    e.page,
    CASE WHEN p.agreed THEN 'agreed' ELSE 'disputed' END AS evidence,
    CASE WHEN p.subject_matches IS NULL THEN 'no certificate' ELSE 'another name' END AS reason,
    COALESCE(NULLIF(p.fingerprint, ''), p.fingerprint_sha256) AS fingerprint,
    p.subject_printed
FROM chosen AS s
CROSS JOIN entries AS e -- CROSS keeps the order: few releases, of many entries
JOIN printed_rows AS p ON p.id = e.printed_row_id AND e.snapshot_id = s.id
WHERE p.subject_matches IS NULL OR NOT p.subject_matches
ORDER BY s.product, s.firmware, e.position
