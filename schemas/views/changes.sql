-- What each release added and removed, compared with the release before it of the same product;
-- changed: the same fingerprint beside another name. Newest revisions only.
CREATE VIEW changes AS
WITH steps AS (
    SELECT
        later.product,
        earlier.firmware AS from_firmware,
        later.firmware AS to_firmware,
        earlier.id AS from_id,
        later.id AS to_id
    FROM latest_revisions AS later
    JOIN latest_revisions AS earlier
        ON earlier.product = later.product
        AND earlier.firmware_order = (
            SELECT MAX(s.firmware_order)
            FROM snapshots AS s
            WHERE s.product = later.product AND s.firmware_order < later.firmware_order
        )
)
SELECT t.product, t.from_firmware, t.to_firmware, 'added' AS change, p.fingerprint, p.subject
FROM steps AS t
JOIN entries AS e ON e.snapshot_id = t.to_id
JOIN printed_rows AS p ON p.id = e.printed_row_id
WHERE NOT EXISTS (
    SELECT 1
    FROM printed_rows AS q
    JOIN entries AS f ON f.printed_row_id = q.id
    WHERE q.fingerprint = p.fingerprint AND f.snapshot_id = t.from_id
)
UNION ALL
SELECT t.product, t.from_firmware, t.to_firmware, 'removed' AS change, p.fingerprint, p.subject
FROM steps AS t
JOIN entries AS e ON e.snapshot_id = t.from_id
JOIN printed_rows AS p ON p.id = e.printed_row_id
WHERE NOT EXISTS (
    SELECT 1
    FROM printed_rows AS q
    JOIN entries AS f ON f.printed_row_id = q.id
    WHERE q.fingerprint = p.fingerprint AND f.snapshot_id = t.to_id
)
UNION ALL
SELECT t.product, t.from_firmware, t.to_firmware, 'changed' AS change, p.fingerprint, p.subject
FROM steps AS t
JOIN entries AS e ON e.snapshot_id = t.to_id
JOIN printed_rows AS p ON p.id = e.printed_row_id
WHERE EXISTS (
    SELECT 1
    FROM printed_rows AS q
    JOIN entries AS f ON f.printed_row_id = q.id
    WHERE q.fingerprint = p.fingerprint
      AND q.subject <> p.subject
      AND f.snapshot_id = t.from_id
);
