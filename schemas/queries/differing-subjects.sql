-- Subjects that differ from the certificate's
-- Which rows print a name that is not that of the certificate with their fingerprint, and from
-- which release to which.
WITH roots AS (
    SELECT p.id, p.fingerprint, p.subject_printed, c.subject
    FROM printed_rows AS p
    JOIN certificates AS c ON c.fingerprint = p.fingerprint
    WHERE NOT p.subject_matches
),
trust AS (
    SELECT
        r.id,
        s.product,
        MIN(s.firmware_order) AS first_order,
        MAX(s.firmware_order) AS last_order
    FROM roots AS r
    JOIN entries AS e ON e.printed_row_id = r.id
    JOIN latest_revisions AS s ON s.id = e.snapshot_id
    GROUP BY r.id, s.product
)
SELECT
    t.product,
    f.firmware AS first_firmware,
    l.firmware AS last_firmware,
    r.fingerprint,
    r.subject_printed,
    r.subject
FROM trust AS t
JOIN roots AS r ON r.id = t.id
JOIN latest_revisions AS f ON f.product = t.product AND f.firmware_order = t.first_order
JOIN latest_revisions AS l ON l.product = t.product AND l.firmware_order = t.last_order
ORDER BY r.fingerprint, r.subject_printed, t.product
