-- What each release added and removed, compared with the release before it of the same product;
-- changed: the same fingerprint beside another name. Newest revisions only.
-- CROSS keeps the order: a root has few printed rows, a release has many. Where a
-- root's SHA-1 is not known, its SHA-256 tells it from others.
CREATE VIEW changes AS
WITH steps AS (
    SELECT
        product,
        LAG(firmware) OVER (PARTITION BY product ORDER BY firmware_order) AS from_firmware,
        firmware AS to_firmware,
        LAG(id) OVER (PARTITION BY product ORDER BY firmware_order) AS from_id,
        id AS to_id
    FROM latest_revisions
)
SELECT t.product, t.from_firmware, t.to_firmware, 'added' AS change, p.fingerprint, p.subject
FROM steps AS t
JOIN entries AS e ON e.snapshot_id = t.to_id
JOIN printed_rows AS p ON p.id = e.printed_row_id
WHERE t.from_id IS NOT NULL AND NOT EXISTS (
    SELECT 1
    FROM printed_rows AS q
    CROSS JOIN entries AS f
    WHERE q.fingerprint = p.fingerprint
      AND (p.fingerprint <> '' OR q.fingerprint_sha256 = p.fingerprint_sha256)
      AND f.printed_row_id = q.id
      AND f.snapshot_id = t.from_id
)
UNION ALL
SELECT t.product, t.from_firmware, t.to_firmware, 'removed' AS change, p.fingerprint, p.subject
FROM steps AS t
JOIN entries AS e ON e.snapshot_id = t.from_id
JOIN printed_rows AS p ON p.id = e.printed_row_id
WHERE NOT EXISTS (
    SELECT 1
    FROM printed_rows AS q
    CROSS JOIN entries AS f
    WHERE q.fingerprint = p.fingerprint
      AND (p.fingerprint <> '' OR q.fingerprint_sha256 = p.fingerprint_sha256)
      AND f.printed_row_id = q.id
      AND f.snapshot_id = t.to_id
)
UNION ALL
SELECT t.product, t.from_firmware, t.to_firmware, 'changed' AS change, p.fingerprint, p.subject
FROM steps AS t
JOIN entries AS e ON e.snapshot_id = t.to_id
JOIN printed_rows AS p ON p.id = e.printed_row_id
WHERE EXISTS (
    SELECT 1
    FROM printed_rows AS q
    CROSS JOIN entries AS f
    WHERE q.fingerprint = p.fingerprint
      AND (p.fingerprint <> '' OR q.fingerprint_sha256 = p.fingerprint_sha256)
      AND f.printed_row_id = q.id
      AND q.subject <> p.subject
      AND f.snapshot_id = t.from_id
);
