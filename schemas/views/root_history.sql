-- Since which release each root is trusted, until which, and whether the newest release has it.
-- It may have been away between the two. Newest revisions only.
CREATE VIEW root_history AS
SELECT
    h.product,
    h.fingerprint,
    p.subject,
    f.firmware AS first_firmware,
    l.firmware AS last_firmware,
    h.last_order = (
        SELECT MAX(s.firmware_order) FROM snapshots AS s WHERE s.product = h.product
    ) AS in_latest
FROM (
    SELECT
        s.product,
        p.fingerprint,
        MIN(s.firmware_order) AS first_order,
        MAX(s.firmware_order) AS last_order
    FROM printed_rows AS p
    JOIN entries AS e ON e.printed_row_id = p.id
    JOIN latest_revisions AS s ON s.id = e.snapshot_id
    GROUP BY s.product, p.fingerprint
) AS h
JOIN latest_revisions AS f ON f.product = h.product AND f.firmware_order = h.first_order
JOIN latest_revisions AS l ON l.product = h.product AND l.firmware_order = h.last_order
JOIN printed_rows AS p ON p.fingerprint = h.fingerprint
JOIN entries AS e ON e.printed_row_id = p.id AND e.snapshot_id = l.id;
