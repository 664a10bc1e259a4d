-- Since which release each root is trusted, until which, and whether the newest release has it.
-- It may have been away between the two. Newest revisions only. The subject is the certificate's
-- or, while that is not known, one that is printed.
CREATE VIEW root_history AS
SELECT
    h.product,
    h.fingerprint,
    COALESCE(c.subject, h.subject) AS subject,
    (
        SELECT s.firmware
        FROM snapshots AS s
        WHERE s.firmware_order = h.first_order AND s.product = h.product AND s.revision = 1
    ) AS first_firmware,
    (
        SELECT s.firmware
        FROM snapshots AS s
        WHERE s.firmware_order = h.last_order AND s.product = h.product AND s.revision = 1
    ) AS last_firmware,
    h.last_order = (
        SELECT MAX(s.firmware_order) FROM snapshots AS s WHERE s.product = h.product
    ) AS in_latest
FROM (
    SELECT
        s.product,
        p.fingerprint,
        MAX(p.subject) AS subject,
        MIN(s.firmware_order) AS first_order,
        MAX(s.firmware_order) AS last_order
    FROM printed_rows AS p
    JOIN entries AS e ON e.printed_row_id = p.id
    JOIN latest_revisions AS s ON s.id = e.snapshot_id
    GROUP BY
        s.product,
        p.fingerprint,
        CASE WHEN p.fingerprint = '' THEN p.fingerprint_sha256 ELSE '' END
) AS h
LEFT JOIN certificates AS c ON c.fingerprint = h.fingerprint;
