-- Rows without proof
-- Which rows of a release have no certificate, or another name than it; they are to be looked at.
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
    e.position,
    e.page,
    CASE WHEN p.agreed THEN 'agreed' ELSE 'disputed' END AS evidence,
    CASE WHEN p.subject_matches IS NULL THEN 'no certificate' ELSE 'another name' END AS reason,
    p.fingerprint,
    p.subject_printed
FROM chosen AS s
JOIN entries AS e ON e.snapshot_id = s.id
JOIN printed_rows AS p ON p.id = e.printed_row_id
WHERE p.subject_matches IS NULL OR NOT p.subject_matches
ORDER BY s.product, s.firmware, e.position
